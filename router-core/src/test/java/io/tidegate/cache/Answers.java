package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;

/** Keys and answers for tests. */
public final class Answers {
  private static final RequestDigest DIGEST = new RequestDigest(new byte[32]);

  private Answers() {}

  public static JsonText body(String text) {
    try {
      return JsonText.parse(("{\"messages\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static Key key(String tenant, Sensitivity sensitivity, String text) {
    return new Key("tenant:" + tenant, sensitivity, "bundle-1", Operation.CHAT, DIGEST.of(body(text)));
  }

  /** Of {@code tenant}; fresh for five minutes, stale for an hour; may leave the process. */
  public static Stored stored(String tenant, String model, String text, long bornNanos) {
    return new Stored(text.getBytes(StandardCharsets.UTF_8), new Origin("up", Destination.PRIVATE, tenant, model, 0, 100, 250_000, Shape.NONE),
        new Life(bornNanos, 300, 3_600, 0, true, false));
  }

  public static String text(Stored stored) {
    return new String(stored.body(), StandardCharsets.UTF_8);
  }
}
