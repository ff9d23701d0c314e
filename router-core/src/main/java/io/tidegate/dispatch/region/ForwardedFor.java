package io.tidegate.dispatch.region;

import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who stands behind our own proxies. Each proxy adds whom it was asked by at the right end, so the list is read from there, as far as proxies go that the
 * operator named; whatever stands left of the first stranger is that stranger's word, and counts for nothing (R3.1).
 */
public final class ForwardedFor {
  /** More proxies than any path has: further entries are not looked at. */
  static final int MAX_ENTRIES = 16;

  private ForwardedFor() {}

  /**
   * The client's address.
   *
   * @param peer far end of the connection
   * @param header all values with commas between; null if none came
   * @param proxy whether an address is one of our proxies
   * @param literal reads an address without asking anybody; null if it is none
   * @return null if a proxy of ours wrote what is no address: then nobody knows
   */
  public static byte @Nullable [] client(byte[] peer, @Nullable String header, Predicate<byte[]> proxy, Function<String, byte @Nullable []> literal) {
    byte[] client = peer;
    if (header == null) {
      return client;
    }
    int end = header.length();
    for (int entries = 0; entries < MAX_ENTRIES && end >= 0 && proxy.test(client); entries++) {
      int comma = header.lastIndexOf(',', end - 1);
      String entry = header.substring(comma + 1, end).trim();
      end = comma;
      byte[] before = literal.apply(bare(entry));
      if (before == null) {
        return null;
      }
      client = before;
    }
    return client;
  }

  /** Without port and brackets, which some proxies add. */
  private static String bare(String entry) {
    if (entry.startsWith("[")) {
      int close = entry.indexOf(']');
      return close < 0 ? "" : entry.substring(1, close);
    }
    int colon = entry.indexOf(':');
    return colon >= 0 && colon == entry.lastIndexOf(':') ? entry.substring(0, colon) : entry;
  }
}
