/**
 * Decision records without content.
 *
 * <p>Comes in: a decision, before anything is sent; later how it ended. Goes out: a receipt that the gate asks for. Never does: wait on an event
 * loop, or hold text of a request (G3). Level <em>written</em> of decisions 6: {@code FileAuditLogTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.audit;
