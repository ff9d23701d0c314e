/**
 * The simulator (R0.2): real traffic, model servers as numbers, virtual time, and the daemon's own line between them: classification, decision,
 * balancing, health, retries. Nothing here decides anything; it plays callers and servers and counts. One seed replays one run.
 *
 * <p>Comes in: a {@link io.tidegate.lab.sim.Trace}, servers, a setting. Goes out: figures. Never: a socket, a thread, the real time.
 */
@NullMarked
package io.tidegate.lab.sim;

import org.jspecify.annotations.NullMarked;
