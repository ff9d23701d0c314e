/**
 * Detectors in processes of their own (decisions 19), asked over gRPC ({@code tidegate.plugin.v1}).
 *
 * <p>Comes in: a request whose text is to be read, on its loop. Goes out: findings, and {@code DETECTOR_FAILED} for each plugin that did not give a
 * usable answer in time. Never does: connecting to anything but a Unix socket or a literal address inside the plugin's networks (hazards A14,
 * A15: no names, no proxy, checked again on the connected address), logging, keeping text.
 *
 * <p>Guarantees: G1, text goes to configured private addresses only; G2, what is missing, late or nonsense is RESTRICTED; G8, texts, calls in
 * flight, findings and time are bounded ({@code GrpcDetectorsTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.plugin;
