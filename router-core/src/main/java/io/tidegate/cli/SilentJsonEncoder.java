package io.tidegate.cli;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * logback's JSON encoder with two things taken away: the messages of exceptions, since libraries quote input in them (Netty a header's value, a
 * JSON parser the text around a fault; G3, B1), and raw control and format characters, which can forge lines or turn text around in a terminal
 * (B3). Class names and stack frames stay. The line is cut at no length: what our own code logs is bounded, and it is the only text left.
 */
final class SilentJsonEncoder extends JsonEncoder {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  SilentJsonEncoder() {
    setWithContext(false);
    setWithSequenceNumber(false);
    setWithNanoseconds(false);
    setWithMDC(false);
    setWithMarkers(false);
    setWithArguments(false);
    setWithMessage(false);
    setWithFormattedMessage(true);
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return escaped(super.encode(event));
  }

  @Override
  protected void appendThrowableProxy(StringBuilder line, String name, @Nullable IThrowableProxy thrown) {
    super.appendThrowableProxy(line, name, thrown == null ? null : new Silenced(thrown));
  }

  /** ASCII needs nothing more: the encoder itself has escaped what JSON forbids. Other characters stand inside strings only. */
  static byte[] escaped(byte[] line) {
    boolean plain = true;
    for (byte b : line) {
      plain &= b > 0 && b != 0x7f;
    }
    if (plain) {
      return line;
    }
    String text = new String(line, StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(text.length() + 32);
    text.codePoints().forEach(c -> {
      if (c == '\n' || !unsafe(c)) {
        out.appendCodePoint(c);
      } else {
        for (char unit : Character.toChars(c)) {
          out.append("\\u").append(HEX[unit >> 12]).append(HEX[unit >> 8 & 15]).append(HEX[unit >> 4 & 15]).append(HEX[unit & 15]);
        }
      }
    });
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static boolean unsafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE,
          Character.PRIVATE_USE, Character.UNASSIGNED -> true;
      default -> false;
    };
  }

  /** A throwable that does not say its message, nor do its causes. */
  private record Silenced(IThrowableProxy thrown) implements IThrowableProxy {
    @Override
    public @Nullable String getMessage() {
      return null;
    }

    @Override
    public @Nullable String getOverridingMessage() {
      return null;
    }

    @Override
    public String getClassName() {
      return thrown.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
      return thrown.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
      return thrown.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
      IThrowableProxy cause = thrown.getCause();
      return cause == null ? null : new Silenced(cause);
    }

    @Override
    public IThrowableProxy[] getSuppressed() {
      IThrowableProxy[] suppressed = thrown.getSuppressed();
      IThrowableProxy[] silenced = new IThrowableProxy[suppressed == null ? 0 : suppressed.length];
      for (int i = 0; i < silenced.length; i++) {
        silenced[i] = new Silenced(suppressed[i]);
      }
      return silenced;
    }

    @Override
    public boolean isCyclic() {
      return thrown.isCyclic();
    }
  }
}
