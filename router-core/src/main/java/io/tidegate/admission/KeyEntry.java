package io.tidegate.admission;

import io.tidegate.model.Caller;

/**
 * One line of a keys file: whoever shows the key with this hash is {@code caller}.
 *
 * @param sha256 the key's SHA-256, 64 lower-case hex digits; the key itself has at least 128 bits of chance, so a plain hash is enough
 */
public record KeyEntry(Caller caller, String sha256) {}
