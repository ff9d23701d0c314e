/**
 * YAML files that people write, read with positions: one reader for configuration and policies.
 *
 * <p>Comes in: the bytes of a file. Goes out: checked values, and every mistake as a {@link io.tidegate.model.Problem} with file, line, column
 * and fix. Never does: file I/O, throwing at a mistake of the file's author, anchors, aliases, tags, or more than the bounds allow.
 * Guarantees: all problems at once, unknown keys are problems, no value of the file is repeated in a message (YamlDocumentTest, YamlMapTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.yaml;
