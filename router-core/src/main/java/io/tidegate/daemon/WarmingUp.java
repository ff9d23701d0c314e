package io.tidegate.daemon;

import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestIds;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.UnreadAnswer;
import io.tidegate.line.RequestLine;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.net.EventLoops;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the requests of a file at the start, so that their answers are in the cache before anybody waits for them. Each is a request like any other: scanned,
 * decided by the policy in force, recorded, paid by the tenant that its line names; in class BATCH, two at a time. Lines are those of a job's file, with a
 * {@code tenant} (and {@code groups}) beside. The file is the operator's: who is named in it is believed. Reading blocks; all else is on one loop.
 */
final class WarmingUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmingUp.class);
  private static final int AT_A_TIME = 2;
  private static final int MAX_LINES = 100_000;
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_LINE = 1 << 20;

  private final RequestLine line;
  private final Loop loop;
  private final RequestIds ids;
  private final RequestReader reader = new RequestReader(JsonLimits.DEFAULT);
  private final Queue<Asked> left = new ArrayDeque<>();
  private int answered;
  private int refused;

  /** A line that was read. */
  private record Asked(Operation operation, Caller caller, byte[] body) {}

  WarmingUp(RequestLine line, EventLoops loops, RequestIds ids) {
    this.line = line;
    this.loop = loops.of(loops.group().next());
    this.ids = ids;
  }

  /** Reads the file and begins. Blocking. */
  void begin(Path file) {
    int wrong = 0;
    long bytes = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (String text = lines.readLine(); text != null && number < MAX_LINES && bytes < MAX_BYTES; text = lines.readLine()) {
        number++;
        bytes += text.length();
        if (text.isBlank()) {
          continue;
        }
        Asked asked = text.length() > MAX_LINE ? null : asked(text);
        if (asked == null) {
          // Which, not what: a line is text of a request (G3).
          if (wrong++ < 5) {
            LOG.warn("cache.warmUp: line {} is not {\"url\": \"/v1/…\", \"body\": {{…}}, \"tenant\": \"…\"}", number);
          }
        } else {
          left.add(asked);
        }
      }
    } catch (IOException unreadable) {
      LOG.warn("cache.warmUp cannot be read: {}", unreadable.getClass().getSimpleName());
    }
    int count = left.size();
    int skipped = wrong;
    loop.execute(() -> {
      LOG.info("warming the edge cache up with {} requests, {} lines left out", count, skipped);
      for (int i = 0; i < AT_A_TIME; i++) {
        next();
      }
    });
  }

  private static @Nullable Asked asked(String text) {
    try {
      JsonText json = JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      if (json.kind(0) != JsonText.Kind.OBJECT) {
        return null;
      }
      int body = json.member(0, "body");
      Operation operation = operation(string(json, "url"));
      String tenant = string(json, "tenant");
      if (body < 0 || json.kind(body) != JsonText.Kind.OBJECT || operation == null) {
        return null;
      }
      byte[] bytes = new byte[json.end(body) - json.start(body)];
      json.buffer().position(json.start(body)).get(bytes);
      return new Asked(operation, new Caller(tenant == null ? Caller.DEFAULT.tenant() : tenant, "warm-up", groups(json)), bytes);
    } catch (JsonException | IllegalArgumentException wrong) {
      return null;
    }
  }

  private static @Nullable String string(JsonText json, String name) {
    int node = json.member(0, name);
    return node >= 0 && json.kind(node) == JsonText.Kind.STRING ? json.string(node) : null;
  }

  private static Set<String> groups(JsonText json) {
    Set<String> groups = new HashSet<>();
    int list = json.member(0, "groups");
    if (list >= 0 && json.kind(list) == JsonText.Kind.ARRAY) {
      for (int node = list + 1; node < json.next(list); node = json.next(node)) {
        if (json.kind(node) == JsonText.Kind.STRING) {
          groups.add(json.string(node));
        }
      }
    }
    return groups;
  }

  private static @Nullable Operation operation(@Nullable String url) {
    for (Operation operation : Operation.values()) {
      if (operation.path().equals(url)) {
        return operation;
      }
    }
    return null;
  }

  private void next() {
    Asked asked = left.poll();
    if (asked == null) {
      if (answered + refused > 0 && left.isEmpty()) {
        LOG.info("the edge cache is warm: {} answered, {} refused so far", answered, refused);
      }
      return;
    }
    RequestFacts facts = new RequestFacts(asked.caller(), Sensitivity.PUBLIC, LatencyClass.BATCH, 0, CacheDirective.DEFAULT, null);
    Reading reading = reader.read(asked.operation(), asked.body(), facts, ids.get(), loop.nanos());
    ModelRequest request = reading.<@Nullable ModelRequest>fold(read -> read, error -> null);
    if (request == null) {
      done(false);
    } else {
      line.walk(request, new UnreadAnswer() {
        @Override
        protected void over(boolean answered) {
          done(answered);
        }
      }, loop);
    }
  }

  /** Later: an answer from the cache comes inside of the asking, and a long file must not become a deep stack. */
  private void done(boolean well) {
    answered += well ? 1 : 0;
    refused += well ? 0 : 1;
    loop.execute(this::next);
  }
}
