/**
 * What an emulated upstream is told at its start.
 *
 * <p>Comes in: a test's or the sandbox's wishes. Goes out: one immutable {@link io.tidegate.lab.config.EmulatorConfig}. Never does: work.
 */
@NullMarked
package io.tidegate.lab.config;

import org.jspecify.annotations.NullMarked;
