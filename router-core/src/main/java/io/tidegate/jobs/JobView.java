package io.tidegate.jobs;

import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;

/** A job as callers see it: OpenAI's batch object. */
final class JobView {
  private JobView() {}

  static void write(JsonWriter out, JobLedger ledger, long windowSeconds, boolean hasOutput, boolean hasErrors) {
    JobRecord job = ledger.job();
    String id = job.facts().id();
    JobState state = ledger.state();
    out.beginObject().key("id").string(id).key("object").string("batch").key("endpoint").string(job.endpoint()).key("errors");
    if (ledger.errors().equals("null")) {
      out.nullValue();
    } else {
      out.beginObject().key("object").string("list").key("data").raw(ledger.errors().getBytes(StandardCharsets.UTF_8)).endObject();
    }
    out.key("input_file_id").string(job.input()).key("completion_window").string("24h").key("status").string(state.word());
    text(out, "output_file_id", state.over() && hasOutput, outputFile(id));
    text(out, "error_file_id", state.over() && hasErrors, errorFile(id));
    out.key("created_at").number(job.createdSeconds());
    time(out, "in_progress_at", ledger.since(JobState.IN_PROGRESS));
    time(out, "expires_at", job.createdSeconds() + windowSeconds);
    time(out, "finalizing_at", ledger.since(JobState.FINALIZING));
    time(out, "completed_at", ledger.since(JobState.COMPLETED));
    time(out, "failed_at", ledger.since(JobState.FAILED));
    time(out, "expired_at", ledger.since(JobState.EXPIRED));
    time(out, "cancelling_at", ledger.since(JobState.CANCELLING));
    time(out, "cancelled_at", ledger.since(JobState.CANCELLED));
    out.key("request_counts").beginObject().key("total").number(Math.max(0, ledger.total())).key("completed").number(ledger.completed()).key("failed")
        .number(ledger.failed()).endObject();
    out.key("metadata").raw(job.metadata().getBytes(StandardCharsets.UTF_8)).endObject();
  }

  /** The same at every try to write it, so that a try after a stop replaces the last. */
  static String outputFile(String job) {
    return "file-" + job.substring(job.indexOf('_') + 1) + "-output";
  }

  static String errorFile(String job) {
    return "file-" + job.substring(job.indexOf('_') + 1) + "-errors";
  }

  private static void text(JsonWriter out, String key, boolean there, String value) {
    out.key(key);
    if (there) {
      out.string(value);
    } else {
      out.nullValue();
    }
  }

  private static void time(JsonWriter out, String key, long seconds) {
    out.key(key);
    if (seconds > 0) {
      out.number(seconds);
    } else {
      out.nullValue();
    }
  }
}
