package io.tidegate.ingress.http;

import io.netty.util.AsciiString;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The {@code x-tidegate-*} headers that are the same for many answers, encoded once per route (data-path.md: a cached block; only id and
 * attempts vary). Direct-mapped: a clash encodes anew, and what another policy said is forgotten at once, not slot by slot. Confined to its loop.
 */
final class AnswerHeads {
  /** Upper bound of one head: blocks are cut to fit. */
  static final int MAX_HEAD_BYTES = 16 << 10;
  private static final int SLOTS = 256;
  private static final int MAX_VALUE_LENGTH = 2048;
  private static final AsciiString SENSITIVITY = AsciiString.cached("x-tidegate-sensitivity");
  private static final AsciiString LATENCY_CLASS = AsciiString.cached("x-tidegate-latency-class");
  private static final AsciiString DESTINATION = AsciiString.cached("x-tidegate-destination");
  private static final AsciiString UPSTREAM = AsciiString.cached("x-tidegate-upstream");
  private static final AsciiString RULE = AsciiString.cached("x-tidegate-rule");
  private static final AsciiString POLICY = AsciiString.cached("x-tidegate-policy");
  private static final AsciiString CACHE = AsciiString.cached("x-tidegate-cache");
  private static final byte[] COLON = {':', ' '};
  private static final byte[] LINE_END = {'\r', '\n'};

  private final @Nullable Block[] slots = new Block[SLOTS];
  /** By which all in the slots were decided. */
  private String policy = "";

  /** The block for {@code route}. */
  Block of(RouteInfo route) {
    if (!policy.equals(route.policy())) {
      Arrays.fill(slots, null);
      policy = route.policy();
    }
    int hash = route.rule().hashCode();
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
    private final Sensitivity sensitivity;
    private final LatencyClass latencyClass;
    private final @Nullable Destination destination;
    private final CacheOutcome cache;
    private final String rule;
    private final @Nullable String upstream;
    /** Whole lines with CR LF. */
    final byte[] http1;
    /** Names and values by turns. */
    final AsciiString[] http2;

    private Block(RouteInfo route) {
      sensitivity = route.sensitivity();
      latencyClass = route.latencyClass();
      destination = route.destination();
      cache = route.cache();
      rule = route.rule();
      upstream = route.upstream();
      List<AsciiString> pairs = new ArrayList<>();
      add(pairs, SENSITIVITY, route.sensitivity().name());
      add(pairs, LATENCY_CLASS, route.latencyClass().name());
      if (route.destination() != null) {
        add(pairs, DESTINATION, route.destination().name());
      }
      String upstream = route.upstream();
      if (upstream != null) {
        add(pairs, UPSTREAM, upstream);
      }
      if (!route.rule().isEmpty()) {
        add(pairs, RULE, route.rule());
      }
      add(pairs, POLICY, route.policy());
      add(pairs, CACHE, route.cache().name().toLowerCase(Locale.ROOT));
      http2 = pairs.toArray(AsciiString[]::new);
      ByteArrayOutputStream lines = new ByteArrayOutputStream(512);
      for (int i = 0; i < http2.length; i += 2) {
        lines.writeBytes(http2[i].toByteArray());
        lines.writeBytes(COLON);
        lines.writeBytes(http2[i + 1].toByteArray());
        lines.writeBytes(LINE_END);
      }
      http1 = lines.toByteArray();
    }

    /** Blocks of another policy are not kept. */
    private boolean fits(RouteInfo route) {
      return sensitivity == route.sensitivity() && latencyClass == route.latencyClass() && destination == route.destination()
          && cache == route.cache() && rule.equals(route.rule()) && Objects.equals(upstream, route.upstream());
    }

    private static void add(List<AsciiString> pairs, AsciiString name, String value) {
      pairs.add(name);
      pairs.add(safe(value));
    }
  }
}
