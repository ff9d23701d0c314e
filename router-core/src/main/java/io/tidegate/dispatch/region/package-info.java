/**
 * Regions: where a caller is, in which order regions are tried, and when one that was lost takes requests again. Pure.
 *
 * <p>Comes in: a table of prefixes, addresses, orders and distances as others learnt them, who is well where, time as a number. Goes out: a region's
 * name, an order, a share. Never does: I/O, clocks, threads, chance; never adds a region to what a decision permits.
 *
 * <p>Guarantees: the longest prefix wins whatever the table (R3.1: {@code RegionTableTest}); a region that was lost comes back after its hold time, by a
 * ramp (R3.3: {@code RegionHoldTest}, {@code RegionFailoverTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.dispatch.region;
