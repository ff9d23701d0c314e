package io.tidegate.cli;

import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.Finding;
import io.tidegate.v1.RouteInfo;
import io.tidegate.wire.JsonWriter;

/** What {@code tidegate ask --json} prints. */
final class AskJson {
  private AskJson() {}

  static JsonWriter of(ClassifyResponse said) {
    JsonWriter out = new JsonWriter().beginObject().key("findings").beginArray();
    for (Finding finding : said.getFindingsList()) {
      out.beginObject().key("type").string(finding.getType()).key("likelihood").string(finding.getLikelihood()).key("detector")
          .string(finding.getDetector()).endObject();
    }
    return route(out.endArray(), said.getRoute()).endObject();
  }

  static JsonWriter of(ChatResponse answer) {
    return route(new JsonWriter().beginObject().key("content").string(answer.getChoices(0).getMessage().getContent()), answer.getRoute()).endObject();
  }

  static JsonWriter refused(String status, String reason, String message) {
    return new JsonWriter().beginObject().key("refused").beginObject().key("status").string(status).key("reason").string(reason).key("message").string(message)
        .endObject().endObject();
  }

  private static JsonWriter route(JsonWriter out, RouteInfo route) {
    out.key("route").beginObject().key("sensitivity").string(AskCommand.word(route.getSensitivity())).key("latency_class")
        .string(AskCommand.word(route.getLatencyClass())).key("destination").string(AskCommand.word(route.getDestination())).key("upstream")
        .string(route.getUpstream()).key("cache").string(AskCommand.word(route.getCache())).key("rules").beginArray();
    route.getRulesList().forEach(out::string);
    return out.endArray().endObject();
  }
}
