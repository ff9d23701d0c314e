/**
 * The way out to models. {@code dialect}: how each kind of model server deviates from OpenAI's wire form, pure. {@code gate}: connections,
 * the last check, the only writer.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.upstream;
