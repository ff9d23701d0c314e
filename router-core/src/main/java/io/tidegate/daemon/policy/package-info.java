/**
 * The life of a policy bundle: read, verified, compiled, tried, swapped, kept, expired (G2, G6, hazards K3, K5, K6).
 *
 * <p>Comes in: texts of a directory or of Consul, a key ring, the date. Goes out: the rules in force, as one immutable thing that a request takes once;
 * a status, metrics, and what a shadow policy would have said. Never does: put a bundle in force that did not pass every step, or change anything
 * because of one that did not; run on an event loop. Tests: PolicyLifeTest, CutFilesTest, PolicyDirectoryTest, ReloadUnderLoadIT.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.policy;
