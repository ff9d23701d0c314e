/**
 * What systemd and the daemon tell each other.
 *
 * <p>Comes in: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID, CREDENTIALS_DIRECTORY. Goes out: states of the service, a sign of life for as
 * long as every event loop moves, secrets by name. Never does: decide when the daemon is ready; print a secret.
 *
 * <p>Guarantees: without systemd all of it is silent; a blocked event loop ends the signs of life (H8: {@code WatchdogTest}, {@code
 * NotifierTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.systemd;
