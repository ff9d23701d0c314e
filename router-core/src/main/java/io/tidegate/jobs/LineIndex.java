package io.tidegate.jobs;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of lines from its beginning to its end, some at a time: where each line stands, what is wrong with the file, and the order in which its lines
 * are to be asked. Confined to the jobs' thread.
 */
final class LineIndex {
  private static final int STEP = 256 << 10;
  private static final int MAX_ERRORS = 100;
  private static final int MAX_ID = 512;

  private final Disk.Input in;
  private final String endpoint;
  private final JobLimits limits;
  private final PrefixOrder order = new PrefixOrder();
  private final JsonWriter errors = new JsonWriter().beginArray();
  private final Set<String> ids = new HashSet<>();
  private long[] starts = new long[64];
  private int[] lengths = new int[64];
  private int lines;
  private int longest;
  private int errorCount;
  private byte[] buffer;
  private int filled;
  private long at;
  private boolean done;
  private @Nullable String errorText;

  LineIndex(Disk.Input in, String endpoint, JobLimits limits) {
    this.in = in;
    this.endpoint = endpoint;
    this.limits = limits;
    this.buffer = new byte[STEP];
  }

  /** Reads on; true when all is read, or nothing more need be. */
  boolean step() throws IOException {
    if (done) {
      return true;
    }
    if (filled == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int count = in.read(at + filled, buffer, filled, buffer.length - filled);
    if (count < 0) {
      if (filled > 0) {
        line(0, filled);
      }
      end();
      return true;
    }
    int scanned = filled;
    filled += count;
    int start = 0;
    for (int i = scanned; i < filled && !done; i++) {
      if (buffer[i] == '\n') {
        line(start, i);
        start = i + 1;
      }
    }
    if (done) {
      return true;
    }
    at += start;
    filled -= start;
    System.arraycopy(buffer, start, buffer, 0, filled);
    if (filled > limits.lineBytes()) {
      error(lines + 1, "line_too_long", "The line is longer than " + limits.lineBytes() + " bytes.", null);
      end();
    }
    return done;
  }

  private void end() {
    done = true;
    if (lines == 0 && errorCount == 0) {
      error(0, "empty_file", "The file holds no line.", null);
    }
    ids.clear();
    buffer = new byte[0];
  }

  private void line(int from, int to) {
    int end = to > from && buffer[to - 1] == '\r' ? to - 1 : to;
    if (blank(from, end)) {
      return;
    }
    if (lines == limits.lines()) {
      error(lines + 1, "too_many_lines", "A file holds at most " + limits.lines() + " lines.", null);
      end();
      return;
    }
    if (end - from > limits.lineBytes()) {
      error(lines + 1, "line_too_long", "The line is longer than " + limits.lineBytes() + " bytes.", null);
    } else {
      read(Arrays.copyOfRange(buffer, from, end));
    }
    if (lines == starts.length) {
      starts = Arrays.copyOf(starts, lines * 2);
      lengths = Arrays.copyOf(lengths, lines * 2);
    }
    starts[lines] = at + from;
    lengths[lines] = end - from;
    longest = Math.max(longest, end - from);
    lines++;
    if (errorCount >= MAX_ERRORS) {
      end();
    }
  }

  private boolean blank(int from, int to) {
    for (int i = from; i < to; i++) {
      if (buffer[i] != ' ' && buffer[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  private void read(byte[] text) {
    JsonText json;
    try {
      json = JsonText.parse(text, JsonLimits.DEFAULT);
    } catch (JsonException e) {
      error(lines + 1, "invalid_json_line", "The line is not acceptable JSON: " + e.getMessage() + ".", null);
      return;
    }
    if (json.kind(0) != Kind.OBJECT) {
      error(lines + 1, "invalid_json_line", "The line must be a JSON object.", null);
      return;
    }
    String id = JsonParts.text(json, "custom_id");
    if (id == null || id.isEmpty() || id.length() > MAX_ID) {
      error(lines + 1, "missing_required_parameter", "Give each line a custom_id of 1 to " + MAX_ID + " characters.", "custom_id");
    } else if (!ids.add(id)) {
      error(lines + 1, "duplicate_custom_id", "Another line has the same custom_id.", "custom_id");
    }
    if (!"POST".equals(JsonParts.text(json, "method"))) {
      error(lines + 1, "invalid_method", "The method must be POST.", "method");
    }
    if (!endpoint.equals(JsonParts.text(json, "url"))) {
      error(lines + 1, "mismatched_url", "The url must be the batch's endpoint, " + endpoint + ".", "url");
    }
    int body = json.member(0, "body");
    if (body < 0 || json.kind(body) != Kind.OBJECT) {
      error(lines + 1, "missing_required_parameter", "Give each line a body, as it would be posted by itself.", "body");
    } else {
      order.add(json, body);
    }
  }

  private void error(int line, String code, String message, @Nullable String param) {
    if (errorCount++ >= MAX_ERRORS) {
      return;
    }
    errors.beginObject().key("code").string(code).key("message").string(message).key("param");
    if (param == null) {
      errors.nullValue();
    } else {
      errors.string(param);
    }
    errors.key("line");
    if (line == 0) {
      errors.nullValue();
    } else {
      errors.number(line);
    }
    errors.endObject();
  }

  /** Whether anything is wrong. */
  boolean wrong() {
    return errorCount > 0;
  }

  /** JSON array of what is, once all is read. */
  String errors() {
    String known = errorText;
    if (known == null) {
      if (errorCount == 0) {
        error(0, "input_file_changed", "The file of lines is not what it was.", null);
      }
      known = new String(errors.endArray().toBytes(), StandardCharsets.UTF_8);
      errorText = known;
    }
    return known;
  }

  int lines() {
    return lines;
  }

  /** Length of the longest line. */
  int longest() {
    return longest;
  }

  PrefixOrder.Order order() {
    return order.order();
  }

  /** One line as it stands in the file. */
  byte[] text(int line) throws IOException {
    byte[] out = new byte[lengths[line]];
    int got = 0;
    while (got < out.length) {
      int count = in.read(starts[line] + got, out, got, out.length - got);
      if (count < 0) {
        throw new IOException("the file of lines is shorter than it was");
      }
      got += count;
    }
    return out;
  }

  void close() {
    try {
      in.close();
    } catch (IOException ignored) {
      // It was only read.
    }
  }
}
