/**
 * The outermost room: subcommands, exit codes, logging.
 *
 * <p>Comes in: a command line. Goes out: text for a person and an exit code (0 good, 1 found something wrong, 2 usage, 78 bad configuration).
 * Never does: decide anything about a request.
 *
 * <p>Guarantees: G3 (no log line carries an exception's message or a raw control character), tested by {@code JsonLoggingTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.cli;
