/**
 * Spans and metrics on their way to a collector (OTLP over HTTP, protobuf). Loaded only where the configuration names one.
 *
 * <p>Comes in: traces that are over, snapshots of the registry. Goes out: bytes, to the collector that the configuration names, from threads of its own; when it
 * is slow or gone, what does not fit is dropped and counted, and no request waits. Never does: see a text, follow a redirect, use a proxy (decisions 20).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.telemetry.otlp;
