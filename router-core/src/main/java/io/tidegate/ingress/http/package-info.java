/**
 * The HTTP way in: one port for HTTP/1.1 and HTTP/2, OpenAI's paths, server-sent events.
 *
 * <p>Comes in: bytes of untrusted callers. Goes out: {@link io.tidegate.model.ModelRequest}s to the line, and its answers back. Never does:
 * routing, classification, logging, forwarding of any header. Guarantees: what is malformed reaches neither the line nor a second parse
 * (hazards D1 to D10, E1 to E7, A8; {@code MalformedHttp1Test}, {@code MalformedHttp2Test}); every admitted request has one end (G5,
 * {@code HttpIngressTest}); heads, bodies, buffers and waits are bounded (G8, {@code SlowPeersTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.ingress.http;
