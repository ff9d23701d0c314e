/**
 * The proof of what reached an emulated upstream.
 *
 * <p>Comes in: every byte of every connection, before and after TLS, and every request as decoded. Goes out: counts, copies, searches.
 * Never does: logs. Guarantees: complete or loudly unusable, never silently short (RecordIT).
 */
@NullMarked
package io.tidegate.lab.record;

import org.jspecify.annotations.NullMarked;
