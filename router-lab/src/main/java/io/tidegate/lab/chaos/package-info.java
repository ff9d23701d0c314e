/**
 * A bad network between a client and a server, as a TCP relay.
 *
 * <p>Comes in: connections. Goes out: the same bytes, late, in part or not at all. Never does: understand them.
 * Guarantees: ChaosProxyIT.
 */
@NullMarked
package io.tidegate.lab.chaos;

import org.jspecify.annotations.NullMarked;
