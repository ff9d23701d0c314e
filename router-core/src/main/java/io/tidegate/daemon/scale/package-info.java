/** How many replicas there should be: the daemon's own counts for {@code forecast} and for {@code scaler}. Loaded a moment after the start. */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.scale;
