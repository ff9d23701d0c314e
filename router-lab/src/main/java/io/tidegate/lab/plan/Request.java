package io.tidegate.lab.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request as an emulator received it. Not a record: it carries text, and its {@code toString} must not print it.
 * Immutable; the body array is shared and must not be changed.
 */
public final class Request {
  private final String method;
  private final String path;
  private final String query;
  private final List<Field> fields;
  private final byte[] body;

  /**
   * @param target path and optional query as sent
   * @param fields header fields in order, names lower case
   */
  public Request(String method, String target, List<Field> fields, byte[] body) {
    this.method = method;
    int mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.substring(0, mark);
    this.query = mark < 0 ? "" : target.substring(mark + 1);
    this.fields = List.copyOf(fields);
    this.body = body;
  }

  public String method() {
    return method;
  }

  /** The path without its query. */
  public String path() {
    return path;
  }

  /** What follows the question mark; empty if there is none. */
  public String query() {
    return query;
  }

  public List<Field> fields() {
    return fields;
  }

  /** The first value of a field by its lower-case name, or null. */
  public @Nullable String field(String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        return field.value();
      }
    }
    return null;
  }

  public byte[] body() {
    return body;
  }

  /** Who asked where, and how much; nothing of what a caller wrote. */
  @Override
  public String toString() {
    return "Request[" + method + " " + path + " at " + field("host") + " by " + field("user-agent") + ", " + body.length + " body bytes]";
  }
}
