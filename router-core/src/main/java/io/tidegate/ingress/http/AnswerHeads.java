package io.tidegate.ingress.http;

import io.netty.util.AsciiString;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The {@code x-tidegate-*} headers that are the same for many answers, encoded once per route (data-path.md: a cached block; only id and
 * attempts vary). Direct-mapped: a clash encodes anew. Confined to its loop.
 */
final class AnswerHeads {
  /** Upper bound of one head: blocks are cut to fit. */
  static final int MAX_HEAD_BYTES = 16 << 10;
  private static final int SLOTS = 256;
  private static final int MAX_VALUE_LENGTH = 2048;

  private final @Nullable Block[] slots = new Block[SLOTS];

  /** The block for {@code route}. */
  Block of(RouteInfo route) {
    int hash = route.rule().hashCode() * 31 + route.policy().hashCode();
    String upstream = route.upstream();
    hash = hash * 31 + (upstream == null ? 0 : upstream.hashCode());
    hash = hash * 31 + route.sensitivity().ordinal() * 64 + route.latencyClass().ordinal() * 16 + route.cache().ordinal();
    int slot = (hash ^ hash >>> 16) & SLOTS - 1;
    Block found = slots[slot];
    if (found == null || !found.fits(route)) {
      found = new Block(route);
      slots[slot] = found;
    }
    return found;
  }

  /** {@code home;why=protocol;ms=12;in=310;out=41, home;why=busy;ms=3}: a structured list of those that were left; tokens where they are known. */
  static AsciiString left(RouteInfo route) {
    StringBuilder text = new StringBuilder(64);
    for (LeftAttempt each : route.left()) {
      text.append(text.isEmpty() ? "" : ", ").append(each.upstream()).append(";why=").append(each.why()).append(";ms=").append(each.millis());
      if (each.inputTokens() >= 0) {
        text.append(";in=").append(each.inputTokens());
      }
      if (each.outputTokens() >= 0) {
        text.append(";out=").append(each.outputTokens());
      }
    }
    return safe(text.toString());
  }

  /** Names in files are ours, but a header must not break whatever they hold (B3). */
  private static AsciiString safe(String value) {
    String cut = value.length() > MAX_VALUE_LENGTH ? value.substring(0, MAX_VALUE_LENGTH) : value;
    StringBuilder safe = new StringBuilder(cut.length());
    for (int i = 0; i < cut.length(); i++) {
      char c = cut.charAt(i);
      safe.append(c >= 0x20 && c < 0x7f ? c : '?');
    }
    return new AsciiString(safe.toString().trim());
  }

  /** Encoded headers, for both protocols. */
  static final class Block {
    private final RouteInfo of;
    /** Whole lines with CR LF. */
    final byte[] http1;
    /** Names and values by turns. */
    final AsciiString[] http2;

    private Block(RouteInfo route) {
      of = route;
      List<AsciiString> pairs = new ArrayList<>();
      add(pairs, "x-tidegate-sensitivity", route.sensitivity().name());
      add(pairs, "x-tidegate-latency-class", route.latencyClass().name());
      if (route.destination() != null) {
        add(pairs, "x-tidegate-destination", route.destination().name());
      }
      String upstream = route.upstream();
      if (upstream != null) {
        add(pairs, "x-tidegate-upstream", upstream);
      }
      if (!route.rule().isEmpty()) {
        add(pairs, "x-tidegate-rule", route.rule());
      }
      add(pairs, "x-tidegate-policy", route.policy());
      add(pairs, "x-tidegate-cache", route.cache().name().toLowerCase(Locale.ROOT));
      http2 = pairs.toArray(AsciiString[]::new);
      ByteArrayOutputStream lines = new ByteArrayOutputStream(512);
      for (int i = 0; i < http2.length; i += 2) {
        lines.writeBytes((http2[i] + ": " + http2[i + 1] + "\r\n").getBytes(StandardCharsets.US_ASCII));
      }
      http1 = lines.toByteArray();
    }

    private boolean fits(RouteInfo route) {
      return of.sensitivity() == route.sensitivity() && of.latencyClass() == route.latencyClass()
          && of.destination() == route.destination() && of.cache() == route.cache() && of.policy().equals(route.policy())
          && of.rule().equals(route.rule()) && java.util.Objects.equals(of.upstream(), route.upstream());
    }

    private static void add(List<AsciiString> pairs, String name, String value) {
      pairs.add(new AsciiString(name));
      pairs.add(safe(value));
    }
  }
}
