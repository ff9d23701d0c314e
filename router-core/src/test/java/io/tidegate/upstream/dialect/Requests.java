package io.tidegate.upstream.dialect;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Dialect;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Requests and upstreams for these tests. Single quotes stand for double ones. */
final class Requests {
  private Requests() {}

  static byte[] bytes(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  static JsonText json(String text) {
    try {
      return JsonText.parse(bytes(text), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static String encode(Dialect dialect, Operation operation, String body, boolean stream) {
    Prompt prompt = new Prompt(json(body));
    ModelRequest request = new ModelRequest("r1", operation, prompt, "m", stream, false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0,
        CacheDirective.DEFAULT, 0);
    SplicedText text = RequestDialect.encode(request, upstream(dialect), "served", "t-Hash_1");
    return StandardCharsets.UTF_8.decode(text.buffer()).toString().replace('"', '\'');
  }

  static Upstream upstream(Dialect dialect) {
    return new Upstream("up", Zone.PRIVATE, dialect, List.of("*"), null, Map.of(), false, false, "/v1", List.of(), null, null, true, List.of(), null,
        Duration.ofSeconds(1), 8);
  }
}
