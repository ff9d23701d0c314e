package io.tidegate.embed;

import io.tidegate.decide.Decision;
import io.tidegate.time.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where vectors come from. */
interface Encoder {
  /**
   * @param done called once, on any thread, perhaps before this returns: null for no vector
   */
  void encode(Decision decision, String text, Loop loop, Consumer<@Nullable Encoded> done);

  /** @param encoder which of several models it was; vectors of two are not comparable */
  record Encoded(float[] vector, int encoder) {}

  /** Anything that holds more than memory. */
  default void close() {}
}
