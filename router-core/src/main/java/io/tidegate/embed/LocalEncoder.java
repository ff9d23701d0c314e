package io.tidegate.embed;

import io.tidegate.decide.Decision;
import io.tidegate.time.Loop;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Models in this process. A text is read by the first that has a token for every word of it. */
final class LocalEncoder implements Encoder {
  private final List<TextEncoder> models;
  private final Executor pool;

  LocalEncoder(List<TextEncoder> models, Executor pool) {
    this.models = List.copyOf(models);
    this.pool = pool;
  }

  /** Called in the pool already: goes on there. */
  @Override
  public void encode(Decision decision, String text, Loop loop, Consumer<@Nullable Encoded> done) {
    Encoded encoded = null;
    try {
      for (int i = 0; i < models.size() && encoded == null; i++) {
        float[] vector = models.get(i).encode(text);
        encoded = vector == null ? null : new Encoded(vector, i);
      }
    } finally {
      done.accept(encoded);
    }
  }

  @Override
  public void close() {
    // After the last run.
    pool.execute(() -> models.forEach(TextEncoder::close));
  }
}
