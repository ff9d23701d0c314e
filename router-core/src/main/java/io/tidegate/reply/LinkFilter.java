package io.tidegate.reply;

import io.tidegate.model.LinkRule;
import java.util.Locale;
import java.util.Set;

/**
 * Takes out or flags links that carry data (hazard A17, EchoLeak): a client that renders Markdown fetches an image by itself, and so sends what
 * its address holds. Works on addresses, wherever they stand: images, inline and reference links, HTML, bare. Holds back one address at most.
 *
 * <p>An address carries data if it holds a value that was found in the request, however spelt; a long run as base64, hex or a long number is; user
 * information; a long query; or more characters than an honest address has.
 */
final class LinkFilter implements TextFilter {
  static final String REMOVED = "[link removed]";
  static final String REMARK = " [link may carry data]";
  /** Longer addresses carry data. */
  static final int LONGEST = 2_048;

  private static final int LONG_QUERY = 100;
  private static final int LONG_RUN = 20;
  private static final int LONG_NUMBER = 11;
  private static final String[] STARTS = {"https:", "http:", "ftp://", "ws://", "wss://", "www."};
  /** Slashes of either kind are an address for a browser where one is expected; elsewhere a comment, a path, or a line's end in LaTeX. */
  private static final String BEFORE_ADDRESS = "\"'=(<";

  private final LinkRule rule;
  private final Set<String> values;
  /** Only addresses that hold a value go: the policy leaves links alone, but no value may be put into one. */
  private final boolean valuesOnly;
  private String held = "";
  /** What stands before the text that is looked at next. */
  private char before = ' ';
  private char beforeBefore = ' ';
  /** Within an address that is too long to keep: its rest goes the same way. */
  private boolean dropping;

  /**
   * @param rule FLAG or STRIP
   * @param values what was found in the request, letters and digits only, lower case
   */
  LinkFilter(LinkRule rule, Set<String> values) {
    this(rule, values, false);
  }

  private LinkFilter(LinkRule rule, Set<String> values, boolean valuesOnly) {
    this.rule = rule;
    this.values = values;
    this.valuesOnly = valuesOnly;
  }

  /** One that takes out addresses that hold one of {@code values}, and no others. */
  static LinkFilter of(Set<String> values) {
    return new LinkFilter(LinkRule.STRIP, values, true);
  }

  @Override
  public boolean holds() {
    return !held.isEmpty();
  }

  @Override
  public String feed(String piece, boolean last) {
    String text = held.isEmpty() ? piece : held + piece;
    held = "";
    StringBuilder out = new StringBuilder(text.length() + 32);
    int at = 0;
    while (at < text.length()) {
      if (dropping) {
        int end = addressEnd(text, at);
        dropping = end == text.length();
        out.append(text, rule == LinkRule.STRIP ? end : at, end).append(rule == LinkRule.FLAG && !dropping ? REMARK : "");
        at = end;
        continue;
      }
      int start = start(text, at, at > 0 ? text.charAt(at - 1) : before);
      if (start == 0) {
        out.append(text.charAt(at++));
      } else if (start < 0) {
        if (last) {
          out.append(text.charAt(at++));
        } else {
          return holdFrom(text, at, out);
        }
      } else {
        int end = addressEnd(text, at + start);
        if (end == text.length() && !last && end - at <= LONGEST) {
          return holdFrom(text, at, out);
        }
        address(text, at, start, end, out);
        dropping = end == text.length() && !last;
        at = end;
      }
    }
    passed(text, text.length());
    return out.toString();
  }

  private String holdFrom(String text, int at, StringBuilder out) {
    passed(text, at);
    held = text.substring(at);
    return out.toString();
  }

  private void passed(String text, int to) {
    if (to > 0) {
      beforeBefore = to > 1 ? text.charAt(to - 2) : before;
      before = text.charAt(to - 1);
    }
  }

  private void address(String text, int from, int start, int end, StringBuilder out) {
    String address = text.substring(from + start, end);
    if (end - from <= LONGEST && (slash(text.charAt(from)) && !host(address) || !carries(address))) {
      out.append(text, from, end);
    } else if (rule == LinkRule.STRIP) {
      out.append(REMOVED);
    } else {
      out.append(text, from, end).append(REMARK);
    }
  }

  /** Length of an address's beginning at {@code at}; 0 if there is none; -1 if the text ends too early to tell. */
  private int start(String text, int at, char before) {
    int found = 0;
    if (slash(text.charAt(at)) && (BEFORE_ADDRESS.indexOf(before) >= 0 || before == ' ' && beforeThat(text, at) == ':')) {
      if (at + 1 == text.length()) {
        return -1;
      }
      found = slash(text.charAt(at + 1)) ? 2 : 0;
    }
    for (String start : STARTS) {
      int length = Math.min(start.length(), text.length() - at);
      if (text.regionMatches(true, at, start, 0, length)) {
        if (length < start.length()) {
          return -1;
        }
        found = Math.max(found, length);
      }
    }
    // However many slashes of either kind: a browser takes them for two.
    while (found > 0 && at + found < text.length() && slash(text.charAt(at + found))) {
      found++;
    }
    return found;
  }

  /** Whether an address without a scheme begins with the name or number of a host elsewhere. */
  private static boolean host(String address) {
    int end = 0;
    while (end < address.length() && "/\\?#".indexOf(address.charAt(end)) < 0) {
      end++;
    }
    String host = address.substring(0, end);
    return host.indexOf('.') >= 0 || host.indexOf(':') >= 0 || !host.isEmpty() && Character.isDigit(host.charAt(0));
  }

  private static boolean slash(char c) {
    return c == '/' || c == '\\';
  }

  private char beforeThat(String text, int at) {
    return at > 1 ? text.charAt(at - 2) : at == 1 ? before : beforeBefore;
  }

  private static int addressEnd(String text, int from) {
    int open = 0;
    int i = from;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean escapedSlash = c == '\\' && (i + 1 == text.length() || text.charAt(i + 1) == '/');
      if (c <= ' ' || "<>\"`{}|^".indexOf(c) >= 0 || c == '\\' && !escapedSlash || c > 0x7e && !Character.isLetterOrDigit(c)) {
        return i;
      }
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (open < 0 || c == ']') {
        return i;
      }
      i++;
    }
    return i;
  }

  /** Whether the address (without its scheme) says more than where something is. */
  private boolean carries(String address) {
    if (valuesOnly) {
      return holdsValue(unescaped(address));
    }
    int path = address.indexOf('/');
    int query = address.indexOf('?');
    int fragment = address.indexOf('#');
    int more = query < 0 ? fragment : fragment < 0 ? query : Math.min(query, fragment);
    String host = address.substring(0, path < 0 ? more < 0 ? address.length() : more : path);
    if (host.indexOf('@') >= 0 || more >= 0 && address.length() - more > LONG_QUERY) {
      return true;
    }
    String plain = unescaped(address);
    return longRun(plain) || holdsValue(plain);
  }

  private static boolean longRun(String address) {
    int run = 0;
    int digits = 0;
    int number = 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      boolean digit = c >= '0' && c <= '9';
      boolean sign = digit || (c | 0x20) >= 'a' && (c | 0x20) <= 'z' || c == '+' || c == '=';
      run = sign ? run + 1 : 0;
      digits = sign ? digits + (digit ? 1 : 0) : 0;
      number = digit ? number + 1 : 0;
      boolean mixed = digits > 0 || run >= 2 * LONG_RUN;
      if (number >= LONG_NUMBER || run >= LONG_RUN && mixed) {
        return true;
      }
    }
    return false;
  }

  private boolean holdsValue(String address) {
    if (values.isEmpty()) {
      return false;
    }
    String signs = signs(address);
    for (String value : values) {
      if (signs.contains(value)) {
        return true;
      }
    }
    return false;
  }

  /** Letters and digits, lower case: how values are compared. */
  static String signs(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        out.append(c);
      }
    }
    return out.toString().toLowerCase(Locale.ROOT);
  }

  /** Percent escapes resolved, as UTF-8; what is not valid stays. */
  private static String unescaped(String address) {
    if (address.indexOf('%') < 0) {
      return address;
    }
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream(address.length());
    byte[] bytes = address.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
      out.write(low < 0 ? bytes[i] : high << 4 | low);
      i += low < 0 ? 0 : 2;
    }
    return out.toString(java.nio.charset.StandardCharsets.UTF_8);
  }
}
