package io.tidegate.assay;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Prompt;
import io.tidegate.policy.PolicyCase;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** The request that an inline test describes, as an ingress would have made it. */
final class CaseRequest {
  private CaseRequest() {}

  /** @throws JsonException if the test's own {@code body} is not strict JSON */
  static ModelRequest of(PolicyCase test) throws JsonException {
    JsonText json = JsonText.parse(body(test), JsonLimits.DEFAULT);
    return new ModelRequest("test", test.operation(), new Prompt(json), test.model(), test.stream(), false, test.sampled(), test.caller(),
        test.declared(),
        test.latencyWish(), test.timeLeftNanos(), CacheDirective.DEFAULT, 0);
  }

  private static byte[] body(PolicyCase test) {
    // The values depend on the test's name only, so a failure can be repeated.
    SplittableRandom random = new SplittableRandom(test.name().hashCode());
    String body = test.body();
    if (body != null) {
      return Placeholders.expand(body, random, CaseRequest::insideQuotes).getBytes(StandardCharsets.UTF_8);
    }
    String text = Placeholders.expand(test.text() == null ? "" : test.text(), random);
    JsonWriter json = new JsonWriter().beginObject().key("model").string(test.model());
    switch (test.operation()) {
      case CHAT -> json.key("messages").beginArray().beginObject().key("role").string("user").key("content").string(text).endObject().endArray();
      case COMPLETION -> json.key("prompt").string(text);
      case EMBEDDING -> json.key("input").string(text);
    }
    return json.key("stream").bool(test.stream()).endObject().toBytes();
  }

  /** Without the quotes: the placeholder already stands between some. */
  private static String insideQuotes(String value) {
    String json = JsonWriter.quote(value);
    return json.substring(1, json.length() - 1);
  }
}
