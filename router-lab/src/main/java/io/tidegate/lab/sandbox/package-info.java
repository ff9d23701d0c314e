/**
 * {@code tidegate sandbox}: what this host has, and emulators for the rest.
 *
 * <p>Comes in: a configuration. Goes out: the same with an upstream for each zone. Never does: call an emulator anything but emulated.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.lab.sandbox;
