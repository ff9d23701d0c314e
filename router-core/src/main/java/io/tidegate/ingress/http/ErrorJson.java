package io.tidegate.ingress.http;

import io.tidegate.model.ErrorAnswer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Errors in OpenAI's shape. Everything but printable ASCII is escaped, so that no text of a caller can act on a terminal or log (B3). */
final class ErrorJson {
  private static final int MAX_RETRY_AFTER = 60;
  private static final String HEX = "0123456789abcdef";

  private ErrorJson() {}

  /** {@code {"error":{message,type,param,code}}}, in ASCII. */
  static byte[] of(ErrorAnswer error) {
    return text(error).getBytes(StandardCharsets.US_ASCII);
  }

  /** One frame of an event stream that holds the error: the stream's last. */
  static byte[] frame(ErrorAnswer error) {
    return ("data: " + text(error) + "\n\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** 1 to 60, or 0 for none: beyond that the clients stop obeying (upstreams.md, section 1). */
  static int retryAfterSeconds(ErrorAnswer error) {
    return Math.max(0, Math.min(MAX_RETRY_AFTER, error.retryAfterSeconds()));
  }

  private static String text(ErrorAnswer error) {
    StringBuilder out = new StringBuilder(256).append("{\"error\":{\"message\":");
    string(out, error.message());
    out.append(",\"type\":");
    string(out, error.refusal().type());
    out.append(",\"param\":");
    string(out, error.param());
    out.append(",\"code\":");
    string(out, error.refusal().code());
    return out.append("}}").toString();
  }

  private static void string(StringBuilder out, @Nullable String text) {
    if (text == null) {
      out.append("null");
      return;
    }
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c >= 0x20 && c < 0x7f) {
        out.append(c);
      } else {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(HEX.charAt(c >> shift & 15));
        }
      }
    }
    out.append('"');
  }
}
