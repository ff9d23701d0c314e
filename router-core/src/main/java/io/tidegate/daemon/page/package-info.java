/**
 * What the admin page shows, as JSON documents, and its playground.
 *
 * <p>Comes in: the figures that other rooms keep anyway (meters, the health board, the policy in force, decision records), and a text that an operator
 * typed. Goes out: documents without content and without a secret (G3, B2). Never does: keep, log, send or count that text; run on an event loop; cost
 * anything while nobody looks. Tests: FlowsTest, UpstreamsViewTest, MaskedConfigTest, PlaygroundTest, AdminPageIT.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.page;
