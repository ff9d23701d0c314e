package io.tidegate.upstream.dialect;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What an upstream says its answer is. HTML from a proxy, JSON for a stream or a stream for JSON is refused unread. */
public final class ContentTypes {
  private ContentTypes() {}

  /** Whether {@code header} says JSON. A missing header does not. */
  public static boolean isJson(@Nullable String header) {
    String type = mediaType(header);
    return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
  }

  /** Whether {@code header} says server-sent events. */
  public static boolean isEventStream(@Nullable String header) {
    return mediaType(header).equals("text/event-stream");
  }

  private static String mediaType(@Nullable String header) {
    if (header == null) {
      return "";
    }
    int semicolon = header.indexOf(';');
    return (semicolon < 0 ? header : header.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }
}
