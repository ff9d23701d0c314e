/**
 * How each emulated upstream talks: its paths, answers, errors and load signals, after upstreams.md sections 1 to 6 and 9.
 *
 * <p>Comes in: a request. Goes out: a plan. Never does: sockets, logs, echo what was asked (answers name counts, never text).
 * Guarantees: the wire forms of EmulatorWireIT.
 */
@NullMarked
package io.tidegate.lab.dialect;

import org.jspecify.annotations.NullMarked;
