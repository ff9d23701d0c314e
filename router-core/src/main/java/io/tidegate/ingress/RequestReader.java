package io.tidegate.ingress;

import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Reads what routing needs from a validated body, and refuses the closed list of fields that would run code on an upstream, make it fetch
 * something, switch its request form, or choose a destination (decisions 2, hazards A13, A16). Every other field passes untouched. One walk
 * over the root's members; a second over all keys for links to remote media. Stateless, any thread.
 */
public final class RequestReader {
  /** Longest model name, in characters. */
  public static final int MAX_MODEL_LENGTH = 256;

  private final JsonLimits limits;

  public RequestReader(JsonLimits limits) {
    this.limits = limits;
  }

  /** Parses and reads. {@code body} is consumed. */
  public Reading read(Operation operation, byte[] body, RequestFacts facts, String id, long nowNanos) {
    JsonText json;
    try {
      json = JsonText.parse(body, limits);
    } catch (JsonException e) {
      return new Reading.Refused(ErrorAnswer.of(e.tooLarge() ? Refusal.TOO_LARGE : Refusal.INVALID_REQUEST,
          "The body is not acceptable JSON: " + e.getMessage() + "."));
    }
    return read(operation, json, facts, id, nowNanos);
  }

  public Reading read(Operation operation, JsonText json, RequestFacts facts, String id, long nowNanos) {
    if (json.kind(0) != Kind.OBJECT) {
      return new Reading.Refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "The body must be a JSON object."));
    }
    Fields fields = new Fields();
    ErrorAnswer error = fields.collect(json, operation);
    if (error == null) {
      error = fields.check(json, operation);
    }
    if (error == null) {
      error = RemoteMedia.find(json);
    }
    if (error != null) {
      return new Reading.Refused(error);
    }
    return new Reading.Accepted(new ModelRequest(id, operation, new Prompt(json), fields.modelName, fields.streamed,
        fields.usageAsked, fields.sampled, facts.caller(), facts.declared(), facts.latencyWish(), facts.timeLeftNanos(),
        facts.cacheDirective(), nowNanos, facts.session(), Sensitivity.PUBLIC, facts.region(), facts.trace()));
  }

  static ErrorAnswer wrong(String param, String message) {
    return ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, message, param);
  }

  /** The root's members that matter, as value nodes; -1 where absent. */
  private static final class Fields {
    private int model = -1;
    private int payload = -1;
    private int stream = -1;
    private int streamOptions = -1;
    private int temperature = -1;
    private String modelName = "";
    private boolean streamed;
    private boolean usageAsked;
    private boolean sampled;

    @Nullable ErrorAnswer collect(JsonText json, Operation operation) {
      String payloadName = payloadName(operation);
      int end = json.next(0);
      for (int key = 1; key < end; key = json.next(key + 1)) {
        int value = key + 1;
        String refused = RefusedFields.match(json, key, operation);
        if (refused != null) {
          return wrong(refused, RefusedFields.reason(refused));
        }
        // Raw length first: most keys are dismissed without a comparison. Escaped keys are longer than they read, so they are compared.
        int length = json.escaped(key) ? -1 : json.end(key) - json.start(key) - 2;
        if (is(json, key, length, "model")) {
          model = value;
        } else if (is(json, key, length, payloadName)) {
          payload = value;
        } else if (is(json, key, length, "stream")) {
          stream = value;
        } else if (is(json, key, length, "stream_options")) {
          streamOptions = value;
        } else if (is(json, key, length, "temperature")) {
          temperature = value;
        }
      }
      return null;
    }

    @Nullable ErrorAnswer check(JsonText json, Operation operation) {
      ErrorAnswer error = checkModel(json);
      if (error == null) {
        error = checkPayload(json, operation);
      }
      if (error == null) {
        error = checkStream(json, operation);
      }
      return error == null ? checkTemperature(json, operation) : error;
    }

    private @Nullable ErrorAnswer checkModel(JsonText json) {
      if (model < 0) {
        return wrong("model", "Name a model, or \"auto\" to let the router choose.");
      }
      if (json.kind(model) != Kind.STRING) {
        return wrong("model", "The model must be a string.");
      }
      modelName = json.string(model);
      return printableName(modelName) ? null : wrong("model", "The model's name must be 1 to 256 printable characters.");
    }

    private @Nullable ErrorAnswer checkPayload(JsonText json, Operation operation) {
      String name = payloadName(operation);
      if (payload < 0 || json.kind(payload) == Kind.NULL) {
        return wrong(name, "The field is required.");
      }
      Kind kind = json.kind(payload);
      if (operation == Operation.CHAT) {
        return kind == Kind.ARRAY && json.next(payload) > payload + 1 ? null : wrong(name, "The field must be a non-empty array.");
      }
      return kind == Kind.STRING || kind == Kind.ARRAY ? null : wrong(name, "The field must be a string or an array.");
    }

    private @Nullable ErrorAnswer checkStream(JsonText json, Operation operation) {
      if (stream >= 0) {
        switch (json.kind(stream)) {
          case TRUE -> streamed = true;
          case FALSE, NULL -> streamed = false;
          default -> {
            return wrong("stream", "The field must be true or false.");
          }
        }
      }
      if (streamed && operation == Operation.EMBEDDING) {
        return wrong("stream", "Embeddings cannot be streamed.");
      }
      if (streamOptions < 0 || json.kind(streamOptions) == Kind.NULL) {
        return null;
      }
      if (json.kind(streamOptions) != Kind.OBJECT) {
        return wrong("stream_options", "The field must be an object.");
      }
      int includeUsage = json.member(streamOptions, "include_usage");
      if (includeUsage < 0) {
        return null;
      }
      return switch (json.kind(includeUsage)) {
        case TRUE -> {
          usageAsked = true;
          yield null;
        }
        case FALSE, NULL -> null;
        default -> wrong("stream_options.include_usage", "The field must be true or false.");
      };
    }

    private @Nullable ErrorAnswer checkTemperature(JsonText json, Operation operation) {
      if (temperature < 0 || json.kind(temperature) == Kind.NULL) {
        sampled = operation != Operation.EMBEDDING;
        return null;
      }
      if (json.kind(temperature) != Kind.NUMBER) {
        return wrong("temperature", "The field must be a number.");
      }
      sampled = operation != Operation.EMBEDDING && json.number(temperature) > 0;
      return null;
    }

    private static boolean is(JsonText json, int key, int length, String name) {
      return (length < 0 || length == name.length()) && json.stringEquals(key, name);
    }

    private static String payloadName(Operation operation) {
      return switch (operation) {
        case CHAT -> "messages";
        case COMPLETION -> "prompt";
        case EMBEDDING -> "input";
      };
    }

    private static boolean printableName(String name) {
      if (name.isEmpty() || name.length() > MAX_MODEL_LENGTH) {
        return false;
      }
      for (int i = 0; i < name.length(); i++) {
        char c = name.charAt(i);
        if (c < 0x20 || c == 0x7f || c > 0x7f && !printable(c)) {
          return false;
        }
      }
      return true;
    }

    private static boolean printable(char c) {
      return switch (Character.getType(c)) {
        case Character.CONTROL, Character.FORMAT, Character.UNASSIGNED, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
            Character.PRIVATE_USE -> false;
        default -> true;
      };
    }
  }
}
