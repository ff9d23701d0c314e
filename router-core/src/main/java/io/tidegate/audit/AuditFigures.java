package io.tidegate.audit;

/**
 * How an audit log fares.
 *
 * @param records written since the start, as far as the syncing thread has seen
 * @param lost records that could not be written since the start
 * @param lagNanos age of the oldest record that is not on the disk; 0 if there is none
 * @param unsignedNanos how far the signed heads are behind
 * @param syncs groups brought to the disk since the start, which took {@code syncNanos} together
 * @param failures of syncs, signatures and removals
 * @param failing the disk fails now: nothing is recorded, PUBLIC sends are refused
 */
public record AuditFigures(long records, long lost, long lagNanos, long unsignedNanos, long syncs, long syncNanos, long failures, boolean failing) {}
