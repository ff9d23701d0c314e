package io.tidegate.jobs;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.wire.JsonWriter;
import org.jspecify.annotations.Nullable;

/** A line of the files of answers, in the shape of OpenAI's; {@code route} is ours: where the line went and why. */
final class AnswerLine {
  private AnswerLine() {}

  static byte[] answered(String requestId, String customId, byte[] route, byte[] json) {
    JsonWriter out = begin(requestId, customId).key("response").beginObject().key("status_code").number(200).key("request_id").string(requestId).key("body")
        .raw(json).endObject();
    return out.key("route").raw(route).key("error").nullValue().endObject().toBytes();
  }

  static byte[] refused(String requestId, String customId, byte @Nullable [] route, ErrorAnswer error) {
    JsonWriter out = begin(requestId, customId).key("response").beginObject().key("status_code").number(error.httpStatus()).key("request_id")
        .string(requestId).key("body").beginObject().key("error").beginObject().key("message").string(error.message()).key("type")
        .string(error.refusal().type()).key("param");
    String param = error.param();
    if (param == null) {
      out.nullValue();
    } else {
      out.string(param);
    }
    out.key("code").string(error.refusal().code()).endObject().endObject().endObject();
    if (route != null) {
      out.key("route").raw(route);
    }
    return out.key("error").nullValue().endObject().toBytes();
  }

  /** One that was not asked, or whose answer was not waited for. */
  static byte[] notAsked(String id, String customId, String code, String message) {
    return begin(id, customId).key("response").nullValue().key("error").beginObject().key("code").string(code).key("message").string(message).endObject()
        .endObject().toBytes();
  }

  private static JsonWriter begin(String id, String customId) {
    return new JsonWriter().beginObject().key("id").string("batch_req_" + id).key("custom_id").string(customId);
  }
}
