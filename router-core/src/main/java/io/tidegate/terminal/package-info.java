/**
 * What commands share that show themselves to a person: progress, colours, manual pages, completion, the reference.
 *
 * <p>Comes in: counts, and picocli's model of the commands. Goes out: text. Never does: read a configuration, a record or a request, or open a socket.
 *
 * <p>Guarantees: G3 (a progress bar shows counts and a fixed word), tested by {@code ProgressTest}; manual pages and {@code docs/commands.md} say what
 * the commands are, tested by {@code DocsWordsTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.terminal;
