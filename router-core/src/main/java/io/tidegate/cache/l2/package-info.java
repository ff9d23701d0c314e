/**
 * The shared layer of the edge cache: Redis or Valkey, through Lettuce on the daemon's own event loops. Loaded only where one is configured.
 *
 * <p>Comes in: names and {@code Sealed} entries. Goes out: the same. Never does: see text, a key of ours or anything that is not sealed (decisions 20);
 * block; decide how long anybody waits, which is {@code cache.SharedLayer}'s.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.cache.l2;
