package io.tidegate.lab.fault;

import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.plan.Step;
import io.tidegate.lab.plan.Step.Event;
import io.tidegate.lab.plan.Step.Head;
import io.tidegate.lab.plan.Step.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Faults in what is answered: statuses, wrong types, broken bodies. */
public final class Faults {
  private static final Field JSON = new Field("content-type", "application/json");
  private static final Field HTML = new Field("content-type", "text/html; charset=utf-8");
  private static final Field SSE = new Field("content-type", "text/event-stream");

  private Faults() {}

  /** 429 without a hint. */
  public static Fault rateLimited() {
    return refusal("429", Complaint.RATE_LIMIT);
  }

  /** 429 with {@code retry-after} exactly as given: "1", an HTTP date, "0", "-1", "1000000000", nonsense. */
  public static Fault rateLimited(String retryAfter) {
    return refusal("429 retry-after " + retryAfter, Complaint.RATE_LIMIT, new Field("retry-after", retryAfter));
  }

  /** 429 with {@code retry-after-ms}. */
  public static Fault rateLimitedMillis(String retryAfterMillis) {
    return refusal("429 retry-after-ms " + retryAfterMillis, Complaint.RATE_LIMIT, new Field("retry-after-ms", retryAfterMillis));
  }

  /** 503, overloaded. */
  public static Fault busy() {
    return refusal("503 busy", Complaint.BUSY);
  }

  /** 503, the model is being loaded. */
  public static Fault loading() {
    return refusal("503 loading", Complaint.LOADING);
  }

  /** 402 (OpenAI: 429 insufficient_quota). */
  public static Fault paymentRequired() {
    return refusal("402", Complaint.PAYMENT);
  }

  public static Fault unauthorized() {
    return refusal("401", Complaint.UNAUTHORIZED);
  }

  public static Fault forbidden() {
    return refusal("403", Complaint.FORBIDDEN);
  }

  public static Fault badRequest() {
    return refusal("400", Complaint.BAD_REQUEST);
  }

  public static Fault contextTooLong() {
    return refusal("400 context", Complaint.CONTEXT_TOO_LONG);
  }

  public static Fault modelNotFound() {
    return refusal("404 model", Complaint.NO_SUCH_MODEL);
  }

  public static Fault unprocessable() {
    return refusal("422", Complaint.UNPROCESSABLE);
  }

  public static Fault serverError() {
    return refusal("500", Complaint.SERVER_ERROR);
  }

  private static Fault refusal(String name, Complaint complaint, Field... fields) {
    return Fault.of(name, plan -> plan.refuse(complaint, fields));
  }

  /** Any status with any body. */
  public static Fault status(int status, String contentType, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Fault.of("status " + status, plan -> plan.replaceWith(Plan.whole(status, new Field("content-type", contentType), bytes)));
  }

  /** A redirect to another place. */
  public static Fault redirect(int status, String location) {
    return Fault.of("redirect " + status, plan -> plan.replaceWith(Plan.whole(status, HTML, new byte[0], new Field("location", location))));
  }

  /** An error whose text repeats the whole request: must not reach logs or callers of others. */
  public static Fault errorThatEchoes(int status) {
    return Fault.of("echoing error " + status, plan -> {
      byte[] before = "{\"error\":{\"type\":\"invalid_request_error\",\"param\":null,\"code\":null,\"message\":\"cannot read: ".getBytes(StandardCharsets.UTF_8);
      String said = new String(plan.request().body(), StandardCharsets.UTF_8).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
      plan.replaceWith(Plan.whole(status, JSON, joined(before, (said + "\"}}").getBytes(StandardCharsets.UTF_8))));
    });
  }

  /** 200 with the dialect's error body. */
  public static Fault errorInOk() {
    return Fault.of("200 with an error body",
        plan -> plan.replaceWith(Plan.whole(200, JSON, plan.errors().refused(Complaint.SERVER_ERROR).body())));
  }

  /** 200 with a web page, said to be one. */
  public static Fault html() {
    return Fault.of("html", plan -> plan.replaceWith(Plan.whole(200, HTML, page())));
  }

  /** 200 with a web page that claims to be what was asked for. */
  public static Fault disguisedHtml() {
    return Fault.of("disguised html", plan -> plan.replaceWith(Plan.whole(200, plan.stream() ? SSE : JSON, page())));
  }

  private static byte[] page() {
    return "<!DOCTYPE html><html><body><h1>EMULATED captive portal</h1></body></html>".getBytes(StandardCharsets.UTF_8);
  }

  /** A whole JSON body, typed as such, although a stream was asked for. */
  public static Fault jsonForSse() {
    return Fault.of("json for sse", plan -> {
      byte[] body = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"emulated\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"EMULATED wrong type\"},\"finish_reason\":\"stop\"}]}".getBytes(StandardCharsets.UTF_8);
      plan.replaceWith(Plan.whole(200, JSON, body));
    });
  }

  /** An event stream, typed as such, although one JSON body was asked for. */
  public static Fault sseForJson() {
    return Fault.of("sse for json", plan -> {
      byte[] body = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"emulated\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"EMULATED wrong type\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);
      plan.replaceWith(Plan.whole(200, SSE, body));
    });
  }

  /** The good answer with another {@code content-type}. */
  public static Fault contentType(String type) {
    return Fault.of("content-type " + type, plan -> changeHead(plan, "content-type", type));
  }

  /** The good answer compressed, although nobody offered to read that. */
  public static Fault gzip() {
    return Fault.of("gzip", plan -> {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        for (Step step : plan.steps()) {
          if (step instanceof Event event) {
            out.write(event.bytes());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      Head head = (Head) plan.steps().get(plan.headIndex());
      plan.replaceWith(Plan.whole(head.status(), head.fields().get(0), packed.toByteArray(), new Field("content-encoding", "gzip")));
    });
  }

  /** JSON that breaks off or goes wrong: the body's, or in a stream the third event's. */
  public static Fault badJson() {
    return Fault.of("bad json", plan -> changeEvent(plan, json -> json.substring(0, json.length() - 2) + ",,"));
  }

  /** The same key twice, with different values: {@code choices}, in the body or in the third event. */
  public static Fault duplicateKeys() {
    return Fault.of("duplicate keys", plan -> changeEvent(plan, json -> "{\"choices\":[]," + json.substring(1)));
  }

  /** No {@code choices} (embeddings: no {@code data}). */
  public static Fault noChoices() {
    return Fault.of("no choices", plan -> changeEvent(plan,
        json -> json.replace("\"choices\":", "\"elections\":").replace("\"data\":[", "\"dates\":[")));
  }

  /** A choice or vector whose index nobody asked for. */
  public static Fault badIndex(String index) {
    return Fault.of("index " + index, plan -> changeEvent(plan, json -> json.replace("\"index\":0", "\"index\":" + index)));
  }

  /** From the third event on another answer's id (a body gets it at once). */
  public static Fault foreignId() {
    return Fault.of("foreign id", plan -> {
      boolean[] on = {!plan.stream()};
      int[] seen = {0};
      mapJson(plan, json -> {
        on[0] |= ++seen[0] >= 3;
        return on[0] ? json.replaceFirst("\"id\":\"[^\"]*\"", "\"id\":\"chatcmpl-of-somebody-else\"") : json;
      });
    });
  }

  /** Only spaces as content, finish "stop": DeepSeek's JSON mode when the model wrote no JSON. */
  public static Fault blankContent() {
    return Fault.of("blank content", plan -> mapJson(plan, json -> json.replaceAll("\"content\":\"(?:[^\"\\\\]|\\\\.)+\"", "\"content\":\"    \"")));
  }

  /** HTTP 200 that ends with another finish reason, e.g. {@code insufficient_system_resource} or {@code abort}. */
  public static Fault finish(String reason) {
    return Fault.of("finish " + reason,
        plan -> mapJson(plan, json -> json.replaceAll("\"finish_reason\":\"[a-z_]*\"", "\"finish_reason\":\"" + reason + "\"")));
  }

  private interface Change {
    String to(String json);
  }

  /** Changes the body, or the third event of a stream. */
  private static void changeEvent(Plan plan, Change change) {
    int[] seen = {0};
    mapJson(plan, json -> ++seen[0] == (plan.stream() ? 3 : 1) ? change.to(json) : json);
  }

  private static void mapJson(Plan plan, Change change) {
    List<Step> steps = new ArrayList<>(plan.steps());
    boolean sized = false;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Event event && event.kind() != Kind.DONE && event.kind() != Kind.PING) {
        String text = new String(event.bytes(), StandardCharsets.UTF_8);
        String prefix = text.startsWith("data: ") ? "data: " : "";
        String suffix = text.endsWith("\n\n") ? "\n\n" : text.endsWith("\n") ? "\n" : "";
        String changed = prefix + change.to(text.substring(prefix.length(), text.length() - suffix.length())) + suffix;
        steps.set(i, new Event(event.kind(), changed.getBytes(StandardCharsets.UTF_8)));
        sized = event.kind() == Kind.BODY;
      }
    }
    plan.replaceWith(steps);
    Head head = (Head) steps.get(plan.headIndex());
    if (sized && head.length() >= 0) {
      plan.steps().set(plan.headIndex(), new Head(head.status(), head.fields(), bodyLength(steps)));
    }
  }

  private static long bodyLength(List<Step> steps) {
    long sum = 0;
    for (Step step : steps) {
      if (step instanceof Event event) {
        sum += event.bytes().length;
      }
    }
    return sum;
  }

  static void changeHead(Plan plan, String name, String value) {
    Head head = (Head) plan.steps().get(plan.headIndex());
    List<Field> fields = new ArrayList<>(head.fields());
    fields.removeIf(field -> field.name().equals(name));
    fields.add(0, new Field(name, value));
    plan.steps().set(plan.headIndex(), new Head(head.status(), fields, head.length()));
  }

  static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
