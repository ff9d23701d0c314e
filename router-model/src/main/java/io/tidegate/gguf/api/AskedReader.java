package io.tidegate.gguf.api;

import io.tidegate.gguf.engine.Order;
import io.tidegate.gguf.engine.Prompt;
import io.tidegate.gguf.engine.Sampling;
import io.tidegate.gguf.engine.Turn;
import io.tidegate.gguf.engine.Turn.Role;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Bodies → what they ask for. Pure but for the seed it draws where a request names none. */
public final class AskedReader {
  private static final JsonLimits LIMITS = new JsonLimits(16, 200_000, 64, 1_000);
  private static final int MAX_CHOICES = 16;
  private static final int MAX_STOPS = 16;
  private static final int MAX_TURNS = 4_096;
  private static final int MAX_STOP_CHARACTERS = 256;
  /** As llama.cpp's server does: sorting a vocabulary of a quarter of a million for each token is what it saves. */
  private static final int USUAL_TOP_K = 40;

  private AskedReader() {}

  /** What came of a body. */
  public abstract static class Result<T> {
    private Result() {}

    public abstract <R> R fold(Function<T, R> asked, Function<Refused, R> refused);
  }

  private static <T> Result<T> good(T value) {
    return new Result<>() {
      @Override
      public <R> R fold(Function<T, R> asked, Function<Refused, R> refused) {
        return asked.apply(value);
      }
    };
  }

  private static <T> Result<T> bad(Refused why) {
    return new Result<>() {
      @Override
      public <R> R fold(Function<T, R> asked, Function<Refused, R> refused) {
        return refused.apply(why);
      }
    };
  }

  /** @param body consumed */
  public static Result<Asked> chat(byte[] body, RandomGenerator random) {
    return read(body, fields -> asked(fields, true, List.of(Prompt.chat(turns(fields))), random));
  }

  /** @param body consumed */
  public static Result<Asked> completion(byte[] body, RandomGenerator random) {
    return read(body, fields -> {
      for (String field : List.of("suffix", "echo", "best_of")) {
        int node = fields.node(field);
        if (node >= 0 && fields.json().kind(node) != Kind.FALSE && fields.json().number(node) != 1) {
          throw new Refused.Thrown(Refused.unsupported("'" + field + "'", field));
        }
      }
      return asked(fields, false, prompts(fields, "prompt", MAX_CHOICES), random);
    });
  }

  /**
   * What vectors are asked for.
   *
   * @param base64 as little-endian floats in base64 rather than as numbers
   */
  public record Vectors(List<Prompt> inputs, boolean base64, String model) {
    public Vectors {
      inputs = List.copyOf(inputs);
    }
  }

  /** @param body consumed */
  public static Result<Vectors> embeddings(byte[] body, int most) {
    return read(body, fields -> {
      String form = fields.text("encoding_format", "float");
      if (!form.equals("float") && !form.equals("base64")) {
        throw Fields.wrong("encoding_format", "must be float or base64");
      }
      if (fields.has("dimensions")) {
        throw new Refused.Thrown(Refused.unsupported("'dimensions'", "dimensions"));
      }
      return new Vectors(prompts(fields, "input", most), form.equals("base64"), fields.text("model", ""));
    });
  }

  /** Reads one form. */
  private interface Form<T> {
    T of(Fields fields) throws Refused.Thrown;
  }

  private static <T> Result<T> read(byte[] body, Form<T> form) {
    try {
      JsonText json = JsonText.parse(body, LIMITS);
      if (json.kind(0) != Kind.OBJECT) {
        return bad(Refused.invalid("the body must be a JSON object", null));
      }
      return good(form.of(new Fields(json, 0)));
    } catch (JsonException e) {
      return bad(Refused.invalid("the body is not valid JSON: " + e.getMessage(), null));
    } catch (Refused.Thrown e) {
      return bad(e.refused());
    }
  }

  private static Asked asked(Fields fields, boolean chat, List<Prompt> prompts, RandomGenerator random) throws Refused.Thrown {
    refuseWhatChangesTheAnswer(fields);
    int choices = fields.integer("n", 1, MAX_CHOICES, 1);
    if (choices * prompts.size() > MAX_CHOICES) {
      throw Fields.wrong("n", "times the prompts must be at most " + MAX_CHOICES);
    }
    int most = fields.integer("max_tokens", 1, Integer.MAX_VALUE, 0);
    most = fields.integer("max_completion_tokens", 1, Integer.MAX_VALUE, most);
    Sampling sampling = new Sampling(fields.number("temperature", 0, 5, 1), fields.integer("top_k", 0, 1 << 20, USUAL_TOP_K),
        fields.number("top_p", 0, 1, 1), fields.number("min_p", 0, 1, 0), fields.number("frequency_penalty", -2, 2, 0),
        fields.number("presence_penalty", -2, 2, 0), seed(fields, random), json(fields));
    List<String> stops = fields.texts("stop", MAX_STOPS);
    if (stops.stream().anyMatch(stop -> stop.isEmpty() || stop.length() > MAX_STOP_CHARACTERS)) {
      throw Fields.wrong("stop", "must hold texts of 1 to " + MAX_STOP_CHARACTERS + " characters");
    }
    List<Order> orders = new ArrayList<>();
    for (Prompt prompt : prompts) {
      for (int i = 0; i < choices; i++) {
        orders.add(new Order(prompt, sampling.withSeed(sampling.seed() + i), most, stops));
      }
    }
    int options = fields.node("stream_options");
    boolean usage = options >= 0 && new Fields(fields.json(), options).flag("include_usage", false);
    return new Asked(chat, orders, fields.flag("stream", false), usage, fields.text("model", ""));
  }

  private static int seed(Fields fields, RandomGenerator random) throws Refused.Thrown {
    // Any whole number is a seed; its low 32 bits count. -1 is llama.cpp's word for none.
    double seed = fields.number("seed", -9.3e18, 9.3e18, -1);
    return seed == -1 ? random.nextInt() : (int) (long) seed;
  }

  private static boolean json(Fields fields) throws Refused.Thrown {
    int node = fields.node("response_format");
    if (node < 0) {
      return false;
    }
    String type = new Fields(fields.json(), node).text("type", "text");
    return switch (type) {
      case "text" -> false;
      case "json_object" -> true;
      default -> throw new Refused.Thrown(Refused.unsupported("a response_format other than text and json_object", "response_format"));
    };
  }

  private static void refuseWhatChangesTheAnswer(Fields fields) throws Refused.Thrown {
    for (String field : List.of("tools", "functions", "logit_bias", "grammar", "json_schema", "audio", "prediction", "chat_template", "lora")) {
      int node = fields.node(field);
      if (node >= 0 && fields.json().next(node) > node + 1) {
        throw new Refused.Thrown(Refused.unsupported("'" + field + "'", field));
      }
    }
    for (String field : List.of("grammar", "chat_template")) {
      if (fields.has(field)) {
        throw new Refused.Thrown(Refused.unsupported("'" + field + "'", field));
      }
    }
    int logprobs = fields.node("logprobs");
    if (logprobs >= 0 && fields.json().kind(logprobs) != Kind.FALSE) {
      throw new Refused.Thrown(Refused.unsupported("'logprobs'", "logprobs"));
    }
  }

  private static List<Turn> turns(Fields fields) throws Refused.Thrown {
    int node = fields.node("messages");
    JsonText json = fields.json();
    if (node < 0 || json.kind(node) != Kind.ARRAY || json.next(node) == node + 1) {
      throw Fields.wrong("messages", "must be an array with at least one message");
    }
    List<Turn> turns = new ArrayList<>();
    for (int element : fields.elements(node)) {
      String place = "messages[" + turns.size() + "]";
      if (turns.size() == MAX_TURNS || json.kind(element) != Kind.OBJECT) {
        throw Fields.wrong(place, "must be an object, and there may be " + MAX_TURNS);
      }
      turns.add(new Turn(role(json, element, place), content(fields, element, place)));
    }
    return turns;
  }

  private static Role role(JsonText json, int message, String place) throws Refused.Thrown {
    int node = json.member(message, "role");
    if (node >= 0 && json.kind(node) == Kind.STRING) {
      switch (json.string(node)) {
        case "system", "developer" -> {
          return Role.SYSTEM;
        }
        case "user" -> {
          return Role.USER;
        }
        case "assistant" -> {
          return Role.ASSISTANT;
        }
        case "tool", "function" -> {
          return Role.TOOL;
        }
        default -> { }
      }
    }
    throw Fields.wrong(place + ".role", "must be system, developer, user, assistant or tool");
  }

  private static String content(Fields fields, int message, String place) throws Refused.Thrown {
    JsonText json = fields.json();
    int node = json.member(message, "content");
    if (node < 0 || json.kind(node) == Kind.NULL) {
      return "";
    }
    if (json.kind(node) == Kind.STRING) {
      return json.string(node);
    }
    if (json.kind(node) != Kind.ARRAY) {
      throw Fields.wrong(place + ".content", "must be a string or an array of parts");
    }
    StringBuilder text = new StringBuilder();
    for (int part : fields.elements(node)) {
      int type = json.member(part, "type");
      int value = json.member(part, "text");
      if (type < 0 || !json.stringEquals(type, "text") || value < 0 || json.kind(value) != Kind.STRING) {
        throw new Refused.Thrown(Refused.unsupported("content other than text", place + ".content"));
      }
      text.append(json.string(value));
    }
    return text.toString();
  }

  /** A text, tokens, or several of either. */
  private static List<Prompt> prompts(Fields fields, String name, int most) throws Refused.Thrown {
    int node = fields.node(name);
    JsonText json = fields.json();
    String rule = "must be a string, an array of tokens, or up to " + most + " of these";
    if (node < 0) {
      throw Fields.wrong(name, rule);
    }
    if (json.kind(node) == Kind.STRING) {
      return List.of(Prompt.text(json.string(node)));
    }
    int[] tokens = fields.tokens(node);
    if (tokens != null) {
      return List.of(Prompt.tokens(tokens));
    }
    List<Prompt> prompts = new ArrayList<>();
    for (int element : fields.elements(node)) {
      int[] inner = fields.tokens(element);
      if (prompts.size() == most || inner == null && json.kind(element) != Kind.STRING) {
        throw Fields.wrong(name, rule);
      }
      prompts.add(inner == null ? Prompt.text(json.string(element)) : Prompt.tokens(inner));
    }
    if (prompts.isEmpty()) {
      throw Fields.wrong(name, rule);
    }
    return prompts;
  }
}
