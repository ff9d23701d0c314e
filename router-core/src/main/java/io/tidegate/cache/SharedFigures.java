package io.tidegate.cache;

/**
 * How the shared layer fares, since the start.
 *
 * @param open nobody asks it: it was late or failed too often
 * @param late look-ups whose wait was over
 * @param full look-ups that were not made because too many were under way
 * @param foreign entries that were found and could not be opened
 */
public record SharedFigures(String address, boolean connected, boolean open, int underWay, long hits, long misses, long late, long failed, long full,
    long foreign, long stored, long notStored) {}
