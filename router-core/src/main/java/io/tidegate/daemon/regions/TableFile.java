package io.tidegate.daemon.regions;

import com.google.common.net.InetAddresses;
import io.tidegate.dispatch.region.RegionTable;
import io.tidegate.model.Problem;
import io.tidegate.model.Residency;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a table of prefixes: one a line, a network and behind it the name of a region; {@code #} begins a comment. All problems at once, up to a bound. */
final class TableFile {
  static final int MAX_PREFIXES = 2_000_000;
  static final int MAX_BYTES = 128 << 20;
  private static final int MAX_LINE = 256;
  private static final int MAX_PROBLEMS = 20;
  private static final Pattern BLANKS = Pattern.compile("[ \\t,]+");

  private final Path file;
  private final Set<String> regions;
  private final List<Problem> problems = new ArrayList<>();

  private TableFile(Path file, Set<String> regions) {
    this.file = file;
    this.regions = regions;
  }

  /** @param regions that a line may name; not to be used if there are {@code problems} */
  static RegionTable read(Path file, Set<String> regions, List<Problem> problems) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      problems.add(new Problem(file.toString(), 0, 0, "the table is longer than " + (MAX_BYTES >> 20) + " MiB", "join prefixes of one region"));
      return RegionTable.EMPTY;
    }
    TableFile reading = new TableFile(file, regions);
    RegionTable table;
    try (InputStream in = Files.newInputStream(file)) {
      table = reading.read(new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
    }
    problems.addAll(reading.problems);
    return table;
  }

  private RegionTable read(BufferedReader in) throws IOException {
    RegionTable.Builder builder = new RegionTable.Builder();
    Map<String, String> seen = new HashMap<>();
    int number = 0;
    for (String line = in.readLine(); line != null && problems.size() < MAX_PROBLEMS; line = in.readLine()) {
      number++;
      int comment = line.indexOf('#');
      String text = (comment < 0 ? line : line.substring(0, comment)).trim();
      if (!text.isEmpty()) {
        line(text, number, builder, seen);
      }
    }
    return builder.build();
  }

  private void line(String text, int number, RegionTable.Builder into, Map<String, String> seen) {
    String[] parts = text.length() > MAX_LINE ? new String[0] : BLANKS.split(text);
    if (parts.length != 2) {
      problem(number, "this is not a network and a region", "write one such as 10.1.0.0/16 cn-east");
      return;
    }
    String region = parts[1];
    if (!regions.contains(region)) {
      problem(number, Residency.isRegion(region) ? "there is no region " + region + " in regions.list" : "the region is not a name", "name one that is there");
    }
    int slash = parts[0].indexOf('/');
    byte[] address = literal(slash < 0 ? parts[0] : parts[0].substring(0, slash));
    int bits = address == null ? -1 : slash < 0 ? address.length * 8 : digits(parts[0].substring(slash + 1));
    if (address == null || bits < 0 || bits > address.length * 8) {
      problem(number, "this is not a network", "write an address and a prefix length, such as 10.1.0.0/16 or 2001:db8::/32");
      return;
    }
    if (!plain(address, bits)) {
      problem(number, "this names a host inside a network, not a network", "clear what is behind the prefix, or lengthen it");
      return;
    }
    String other = seen.put(java.util.HexFormat.of().formatHex(address) + '/' + bits, region);
    if (other != null && !other.equals(region)) {
      problem(number, "this network stands in the table twice, for " + other + " and for " + region, "remove one of the two lines");
    }
    if (seen.size() > MAX_PREFIXES) {
      problem(number, "more than " + MAX_PREFIXES + " prefixes", "join prefixes of one region");
      return;
    }
    into.add(address, bits, region);
  }

  private void problem(int line, String message, String fix) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(new Problem(file.toString(), line, 1, message, fix));
    }
  }

  private static boolean plain(byte[] address, int bits) {
    for (int bit = bits; bit < address.length * 8; bit++) {
      if ((address[bit >> 3] >> (7 - (bit & 7)) & 1) != 0) {
        return false;
      }
    }
    return true;
  }

  /** 4 or 16 bytes of a literal address; null for anything else. Asks nobody. */
  static byte @Nullable [] literal(String text) {
    return text.length() <= 45 && text.indexOf('%') < 0 && InetAddresses.isInetAddress(text) ? InetAddresses.forString(text).getAddress() : null;
  }

  private static int digits(String text) {
    boolean number = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Integer.parseInt(text) : -1;
  }
}
