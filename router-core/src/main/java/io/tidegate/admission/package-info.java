/**
 * Who is asking: the first room behind an ingress.
 *
 * <p>Comes in: the bearer token of a request, whether it came over loopback, and the parsed keys file. Goes out: a
 * {@link io.tidegate.model.Caller} or a refusal. Never does: read files, keep or log a key, believe a header that names a tenant (A8).
 *
 * <p>Guarantees: G4 (a tenant is proven, never claimed) and B8 (hash look-up, constant-time compare, one way for known and unknown keys);
 * tested by {@code CallersTest} and {@code KeysFileTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admission;
