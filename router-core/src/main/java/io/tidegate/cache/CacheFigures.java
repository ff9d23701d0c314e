package io.tidegate.cache;

/**
 * How the process's own cache fares.
 *
 * @param hits look-ups that found something, past its time or not
 * @param refreshes that were asked of an origin behind a reader
 * @param refreshing under way
 * @param notWorth answers that were not stored: too few tokens saved for their bytes
 */
public record CacheFigures(long entries, long bytes, long hits, long misses, long refreshes, int refreshing, long notWorth) {}
