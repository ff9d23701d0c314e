package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.tidegate.model.ErrorAnswer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The strict HTTP/1 head parser: one pass over the raw bytes, one reading (hazards D1, D5; ADR 0002). A line is taken when it is whole; the
 * piece of a line that has come so far is kept, and looked at again only when its line feed has come. Not thread-safe: confined to its
 * connection's loop.
 */
final class HeadParser {
  /** What {@link #feed} found. */
  enum Progress { MORE, DONE, REFUSED }

  /** Bytes looked at in one step: a usual head fits, and a body behind it is not copied for nothing. */
  private static final int STEP = 2048;
  private static final int NEED_MORE = -1;
  private static final int REFUSED = -2;
  private static final byte[] NOTHING = {};

  private final RequestHead head;
  private final int maxLine;
  private final int maxHeaderBytes;
  private final int maxHeaders;

  private boolean inFields;
  private boolean ended;
  private boolean blankSeen;
  private int headerBytes;
  private int headers;
  private byte[] carry = NOTHING;
  private int carried;
  private @Nullable ErrorAnswer fault;

  HeadParser(RequestHead head, HttpConfig config) {
    this.head = head;
    this.maxLine = config.maxRequestLineBytes();
    this.maxHeaderBytes = config.maxHeaderBytes();
    this.maxHeaders = config.maxHeaders();
  }

  /** Size the scratch array must have. */
  static int scratchBytes(HttpConfig config) {
    return Math.max(config.maxRequestLineBytes(), config.maxHeaderBytes()) + STEP + 2;
  }

  /** Makes ready for the next head. */
  void reset() {
    head.reset();
    inFields = false;
    ended = false;
    blankSeen = false;
    headerBytes = 0;
    headers = 0;
    carried = 0;
    carry = NOTHING;
    fault = null;
  }

  /** Whether any byte of a head has come. */
  boolean begun() {
    return inFields || carried > 0 || blankSeen;
  }

  /** Why the head was refused. */
  ErrorAnswer fault() {
    ErrorAnswer found = fault;
    return found == null ? Faults.INTERNAL : found;
  }

  /**
   * Takes bytes of {@code in} up to the head's end, and no further.
   *
   * @param in borrowed
   * @param scratch shared by the parsers of a loop; holds nothing between calls
   */
  Progress feed(ByteBuf in, byte[] scratch) {
    while (in.isReadable()) {
      int take = Math.min(in.readableBytes(), STEP);
      if (carried > 0 && in.indexOf(in.readerIndex(), in.readerIndex() + take, Ascii.LF) < 0) {
        keep(in, take);
        if (overlong(carried)) {
          return Progress.REFUSED;
        }
        continue;
      }
      int before = carried;
      System.arraycopy(carry, 0, scratch, 0, before);
      in.readBytes(scratch, before, take);
      int end = before + take;
      int at = lines(scratch, end);
      if (at < 0) {
        return Progress.REFUSED;
      }
      if (ended) {
        in.readerIndex(in.readerIndex() - (end - at));
        fault = head.complete();
        return fault == null ? Progress.DONE : Progress.REFUSED;
      }
      carried = end - at;
      carry = carried == 0 ? NOTHING : Arrays.copyOfRange(scratch, at, end);
      if (overlong(carried)) {
        return Progress.REFUSED;
      }
    }
    return Progress.MORE;
  }

  /** Takes whole lines of {@code b[0, end)}; returns where it stopped, or {@link #REFUSED}. */
  private int lines(byte[] b, int end) {
    int at = 0;
    while (!ended) {
      int next = inFields ? fieldLine(b, at, end) : requestLine(b, at, end);
      if (next == NEED_MORE) {
        return at;
      }
      if (next == REFUSED) {
        return REFUSED;
      }
      at = next;
    }
    return at;
  }

  private int requestLine(byte[] b, int start, int end) {
    int p = start;
    if (p < end && b[p] == Ascii.CR && !blankSeen) { // RFC 9112 section 2.2 allows one blank line before a request
      int next = lineEnd(b, p, end, Faults.REQUEST_LINE);
      blankSeen |= next >= 0;
      return next;
    }
    while (p < end && Ascii.token(b[p])) {
      p++;
    }
    if (p == end) {
      return p - start > 16 ? refuse(Faults.METHOD) : NEED_MORE;
    }
    Method method = b[p] == Ascii.SP ? Method.of(b, start, p) : null;
    if (method == null) {
      return refuse(b[p] == Ascii.SP ? Faults.METHOD : Faults.REQUEST_LINE);
    }
    int target = ++p;
    while (p < end && Ascii.target(b[p])) {
      p++;
    }
    if (p - start > maxLine) {
      return refuse(Faults.URI_TOO_LONG);
    }
    if (p == end) {
      return NEED_MORE;
    }
    if (b[p] != Ascii.SP || p == target || b[target] != '/') {
      return refuse(b[p] == Ascii.SP ? Faults.TARGET : Faults.REQUEST_LINE);
    }
    int version = p + 1;
    if (end - version < 10) {
      return prefixOk(b, version, end) ? NEED_MORE : refuse(Faults.VERSION);
    }
    if (!Ascii.equal(b, version, "HTTP/1.") || b[version + 7] != '0' && b[version + 7] != '1') {
      return refuse(Faults.VERSION);
    }
    int next = lineEnd(b, version + 8, end, Faults.LINE_END);
    if (next >= 0) {
      begin(b, method, target, p);
      head.http10 = b[version + 7] == '0';
    }
    return next;
  }

  private void begin(byte[] b, Method method, int target, int targetEnd) {
    head.method = method;
    int path = target;
    while (path < targetEnd && b[path] != '?') {
      path++;
    }
    head.query = path < targetEnd;
    head.route = Route.of(b, target, path);
    if (head.route != null && head.route.hasMore()) {
      head.target = new String(b, target, targetEnd - target, StandardCharsets.US_ASCII);
    }
    inFields = true;
  }

  /** Refuses a wrong version before its line is whole: what follows may never come. */
  private static boolean prefixOk(byte[] b, int start, int end) {
    for (int i = start; i < end && i < start + 7; i++) {
      if (b[i] != "HTTP/1.".charAt(i - start)) {
        return false;
      }
    }
    return true;
  }

  private int fieldLine(byte[] b, int start, int end) {
    if (start == end) {
      return NEED_MORE;
    }
    if (b[start] == Ascii.CR) {
      int next = lineEnd(b, start, end, Faults.LINE_END);
      ended = next >= 0;
      return next;
    }
    if (b[start] == Ascii.SP || b[start] == Ascii.HT) {
      return refuse(Faults.FOLDED);
    }
    int p = start;
    while (p < end && Ascii.token(b[p])) {
      p++;
    }
    if (p == end) {
      return NEED_MORE;
    }
    if (b[p] != ':' || p == start) {
      return refuse(b[p] == Ascii.LF ? Faults.LINE_END : Faults.FIELD_NAME);
    }
    int nameEnd = p++;
    while (p < end && (b[p] == Ascii.SP || b[p] == Ascii.HT)) {
      p++;
    }
    int value = p;
    while (p < end && Ascii.value(b[p])) {
      p++;
    }
    if (p == end) {
      return NEED_MORE;
    }
    if (b[p] != Ascii.CR) {
      return refuse(b[p] == Ascii.LF ? Faults.LINE_END : Faults.FIELD_VALUE);
    }
    int next = lineEnd(b, p, end, Faults.LINE_END);
    return next < 0 ? next : field(b, start, nameEnd, value, p, next);
  }

  private int field(byte[] b, int start, int nameEnd, int value, int valueEnd, int next) {
    headerBytes += next - start;
    if (++headers > maxHeaders || headerBytes > maxHeaderBytes) {
      return refuse(Faults.HEADERS_TOO_LARGE);
    }
    int trimmed = valueEnd;
    while (trimmed > value && (b[trimmed - 1] == Ascii.SP || b[trimmed - 1] == Ascii.HT)) {
      trimmed--;
    }
    ErrorAnswer found = head.field(b, start, nameEnd, value, trimmed);
    return found == null ? next : refuse(found);
  }

  /** After CR LF at {@code p}. */
  private int lineEnd(byte[] b, int p, int end, ErrorAnswer otherwise) {
    if (p >= end) {
      return NEED_MORE;
    }
    if (b[p] != Ascii.CR) {
      return refuse(otherwise);
    }
    if (p + 1 == end) {
      return NEED_MORE;
    }
    return b[p + 1] == Ascii.LF ? p + 2 : refuse(Faults.LINE_END);
  }

  private void keep(ByteBuf in, int take) {
    if (carry.length - carried < take) {
      carry = Arrays.copyOf(carry, Math.max(carried + take, Math.min(carry.length * 2, maxHeaderBytes)));
    }
    in.readBytes(carry, carried, take);
    carried += take;
  }

  private boolean overlong(int pending) {
    if (!inFields && pending > maxLine + 2) {
      fault = Faults.URI_TOO_LONG;
    } else if (inFields && headerBytes + pending > maxHeaderBytes) {
      fault = Faults.HEADERS_TOO_LARGE;
    }
    return fault != null;
  }

  private int refuse(ErrorAnswer why) {
    fault = why;
    return REFUSED;
  }
}
