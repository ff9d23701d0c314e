/**
 * What an emulated upstream is about to do, written down before it is done.
 *
 * <p>Comes in: one {@link io.tidegate.lab.plan.Request}. Goes out: a {@link io.tidegate.lab.plan.Plan}, an ordered list of
 * {@link io.tidegate.lab.plan.Step}s that faults may rewrite and a connection then performs. Never does: sockets, clocks, threads.
 * Guarantees: nothing of a request's text is part of a plan unless a fault asks for it (EmulatorWireIT).
 */
@NullMarked
package io.tidegate.lab.plan;

import org.jspecify.annotations.NullMarked;
