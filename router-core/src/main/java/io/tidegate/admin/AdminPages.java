package io.tidegate.admin;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** What the admin listener shows; plugged in by the daemon. Called off the event loops, but for {@link #live}. */
public interface AdminPages {
  /** Whether the process works: event loops turn. Asked on an event loop; done soon, on any thread, whatever else the daemon is at. */
  CompletionStage<Boolean> live();

  /** The daemon takes requests: policy, sockets and audit are usable and it is not draining. */
  boolean ready();

  /** Prometheus text format. */
  String metrics();

  /** The same as OpenMetrics, with exemplars. */
  String openMetrics();

  /** JSON: version, policy, upstreams with endpoints and health, cache, audit; no content, no secret. */
  String status();

  /** What an operator should know although {@link #ready}: one line each. */
  default List<String> warnings() {
    return List.of();
  }

  /** JSON: what a shadow policy would have changed; no text of a request. */
  String shadow();

  /**
   * Why a recorded decision was taken; empty if there is no record of it. Reads files, for seconds if need be: asked on an executor of its own.
   *
   * @param id of the request
   * @param text for eyes rather than JSON
   */
  Optional<String> explain(String id, boolean text);

  /** JSON: what the load will be in half an hour, how far that is to be believed, and whether anything is done about it. */
  default String forecast() {
    return "{\"mode\":\"off\"}\n";
  }

  /** JSON: how the edge cache fares; no content. */
  default String cache() {
    return "{}\n";
  }

  /**
   * Removes cached answers: those that fit all that is given, all if nothing is. For minutes if a shared layer has many.
   *
   * @param session inside of {@code tenant}
   * @return JSON: how many were removed where
   */
  default String purgeCache(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable String session) {
    return "{}\n";
  }

  /** Reads configuration, certificates and policies again; waits for how it ends. */
  default Reload reload() {
    return reloadPolicies();
  }

  /** JSON: one document of the web page. No content, no secret. One thread at a time, whichever. */
  default byte[] view(AdminView view) {
    return new byte[] {'{', '}'};
  }

  /** JSON: all {@linkplain AdminView#live living} documents in one. */
  default byte[] snapshot() {
    return new byte[] {'{', '}'};
  }

  /**
   * JSON: how a typed text would be decided. Nothing is sent, kept, counted or logged, and no part of the text is in the answer (G3). Blocking, as long as a
   * scan may take.
   *
   * @param question a JSON object
   * @throws IllegalArgumentException if it is none; the message quotes nothing
   */
  default byte[] judge(byte[] question) {
    throw new IllegalArgumentException("there is no policy here");
  }

  /** Sets how much the daemon logs, until it restarts. @param level {@code error}, {@code warn}, {@code info} or {@code debug} */
  default void logLevel(String level) {}

  /** An act is about to be done: to be logged, with who does it. */
  default void acted(String operator, String what) {}

  /** Reads the policies again; waits for how it ends. */
  Reload reloadPolicies();

  /**
   * How a reload ended.
   *
   * @param accepted what was read is in force now, or was already
   * @param json the outcome, with every problem
   */
  record Reload(boolean accepted, String json) {}
}
