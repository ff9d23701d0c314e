/**
 * Decision records without content, in signed hash chains.
 *
 * <p>Comes in: a decision, before anything is sent; later how it ended. Goes out: a receipt that the gate asks for, and word that a record is on the
 * disk. Never does: wait on an event loop, or hold text of a request (G3).
 *
 * <p>{@code Chain} is one loop's records, {@code Journal} the signed statements about all chains, {@code Syncing} the one thread that syncs and
 * signs, {@code Verifier} what an auditor runs. Files stand behind {@code SegmentStore}.
 *
 * <p>Guarantees: G7, levels <em>written</em>, <em>synced</em> and <em>durable</em> of decisions 6 (G7KillTest, AuditFaultTest); no edit, cut or deletion
 * goes unnamed (TamperPropertyTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.audit;
