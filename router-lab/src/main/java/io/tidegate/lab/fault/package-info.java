/**
 * What upstreams do wrong, by name: the rows of upstreams.md section 9.
 *
 * <p>Comes in: the plan of a good answer. Goes out: the same plan, spoiled. Never does: sockets, clocks.
 * Guarantees: each fault's bytes on the wire (EmulatorFaultIT).
 */
@NullMarked
package io.tidegate.lab.fault;

import org.jspecify.annotations.NullMarked;
