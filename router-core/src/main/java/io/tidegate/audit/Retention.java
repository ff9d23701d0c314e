package io.tidegate.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Removes the oldest segments beyond the age and size that are kept. Blocking. Another process may do the same at the same time (hand-over): a
 * file that is gone already is no error.
 */
final class Retention {
  /** A segment still being made after this long was left by a process that died. */
  private static final Duration UNFINISHED = Duration.ofHours(1);

  private Retention() {}

  /** @param live segments that are written or prepared: kept whatever their age, or records with a receipt would be lost (G7) */
  static void apply(AuditConfig config, Instant now, Set<Path> live) throws IOException {
    Instant oldest = now.minus(config.retention());
    long room = config.maxBytes() - config.segmentBytes();
    long total = 0;
    List<Path> segments = segments(config.directory());
    for (int i = segments.size() - 1; i >= 0; i--) {
      Path segment = segments.get(i);
      total += size(segment);
      if (!live.contains(segment) && (total > room || modified(segment).isBefore(oldest))) {
        Files.deleteIfExists(segment);
      }
    }
    for (Path unfinished : list(config.directory(), Segment.UNFINISHED_SUFFIX)) {
      if (modified(unfinished).isBefore(now.minus(UNFINISHED))) {
        Files.deleteIfExists(unfinished);
      }
    }
  }

  /** All segments, oldest first. */
  static List<Path> segments(Path directory) throws IOException {
    return list(directory, Segment.SUFFIX);
  }

  private static List<Path> list(Path directory, String suffix) throws IOException {
    record Dated(Path file, Instant time) {}
    List<Dated> found = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(file -> file.getFileName().toString().endsWith(suffix)).toList()) {
        found.add(new Dated(file, modified(file)));
      }
    }
    found.sort(Comparator.comparing(Dated::time).thenComparing(dated -> dated.file().getFileName()));
    return found.stream().map(Dated::file).toList();
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException gone) {
      return 0;
    }
  }

  private static Instant modified(Path file) throws IOException {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (NoSuchFileException gone) {
      return Instant.EPOCH;
    }
  }
}
