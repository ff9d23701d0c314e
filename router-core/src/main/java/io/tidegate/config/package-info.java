/**
 * The configuration file as values.
 *
 * <p>Comes in: {@code tidegate.yaml}, {@code TIDEGATE_*} variables, {@code --set} flags. Goes out: one immutable
 * {@link io.tidegate.config.TidegateConfig}, or every {@link io.tidegate.model.Problem} at once, each with its place and its fix. Never does: open a
 * socket, resolve a name, start anything, show a secret.
 *
 * <p>Guarantees: contradictory bounds are problems before the start ({@code BrokenConfigTest}); zone, networks and keys of an upstream come from
 * here only (A14, A16, K2); a secret stands in a file by reference only (B2, {@code ReferencesTest}); schema, shipped file and binder have the same
 * keys ({@code ConfigSchemaTest}).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.config;
