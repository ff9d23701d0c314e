package io.tidegate.lab.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Where a dialect's answers differ from OpenAI's. Methods are called once per object they may add to. */
interface Shape {
  /** The field that carries reasoning, or null if the dialect shows none. */
  @Nullable String reasoningField();

  /** Fields at the top of each chunk and body. */
  void top(ObjectNode node);

  /** Fields of a choice that ends. */
  void choice(ObjectNode choice);

  /** Fields of the last object of an answer, the one that carries usage in bodies and the finish in streams. */
  void last(ObjectNode node, int promptTokens, int completionTokens);

  /** Prompt and completion token counts with whatever the dialect adds. */
  ObjectNode usage(Call call, int completionTokens, int reasoningTokens);

  /** Whether chunks without usage say {@code "usage": null} when usage was asked for. */
  boolean nullUsage();

  /** Whether every chunk carries the usage so far. */
  boolean continuousUsage(Call call);

  /** Whether a stream carries usage. */
  boolean streamUsage(Call call);
}
