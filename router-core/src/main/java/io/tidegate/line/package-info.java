/**
 * The conductor: walks one request through the rooms, in one straight line.
 *
 * <p>Comes in: a {@code ModelRequest} and a sink. Goes out: exactly one answer or one clear error (G5). Never does: touch a socket, read a
 * clock of its own, or choose a destination the decision does not name (G1: {@code RequestWalkTest}).
 *
 * <p>Guarantees: G5, whatever calls come from inside calls ({@code StreamWalkTest}) and however a walk ends ({@code WalkEndsTest}); G7, the record
 * before the first PUBLIC byte ({@code AuditWalkTest}); hazards C1, C2, C5 ({@code CacheUseTest}); equal requests share a call (R2.4, C7:
 * {@code SingleFlightTest}); batches fall into walks (R2.2: {@code BatchWalkTest}); G2 and H7 while a scan runs in the pool ({@code ScanningTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.line;
