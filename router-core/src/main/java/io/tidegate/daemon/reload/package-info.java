/**
 * A new configuration without a new process.
 *
 * <p>Comes in: the wish to reload, the files as they stand. Goes out: one outcome; what can be changed live is in force, all of it or none. Never does:
 * change what a connection or request under way was begun with; start or stop a listener.
 *
 * <p>Guarantees: what is refused changes nothing (G2: {@code ReloadingTest}); no request is lost (G5: {@code ReloadsIT}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.reload;
