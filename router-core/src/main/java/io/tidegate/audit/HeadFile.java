package io.tidegate.audit;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The small file beside the segments that names the newest signed statement: with it a journal that lost its end is noticed, even the whole
 * last run. An auditor who keeps copies elsewhere notices a rolled-back directory too.
 */
record HeadFile(ChainId journal, long sequence, byte[] hash, Instant time) {
  static final String NAME = "audit.head";

  HeadFile {
    time = time.truncatedTo(ChronoUnit.MICROS);
  }

  byte[] text() {
    return ("tidegate audit head 2\njournal " + journal.boot() + "\nsequence " + sequence + "\nhash " + HexFormat.of().formatHex(hash) + "\ntime " + time
        + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** Null if it is not one. */
  static @Nullable HeadFile parse(byte[] text) {
    Map<String, String> fields = new HashMap<>();
    new String(text, StandardCharsets.US_ASCII).lines().forEach(line -> {
      int space = line.indexOf(' ');
      if (space > 0) {
        fields.put(line.substring(0, space), line.substring(space + 1));
      }
    });
    try {
      String boot = fields.getOrDefault("journal", "");
      byte[] hash = HexFormat.of().parseHex(fields.getOrDefault("hash", ""));
      HeadFile read = new HeadFile(ChainId.journal(boot), Long.parseLong(fields.getOrDefault("sequence", "")), hash,
          Instant.parse(fields.getOrDefault("time", "")));
      // Byte for byte what we would write: nothing can hide in it.
      return ChainId.isBoot(boot) && hash.length == Encoder.HASH && java.util.Arrays.equals(read.text(), text) ? read : null;
    } catch (RuntimeException malformed) {
      return null;
    }
  }
}
