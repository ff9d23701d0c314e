package io.tidegate.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes the oldest segments beyond the age and size that are kept. Blocking. */
final class Retention {
  private Retention() {}

  static void apply(AuditConfig config, Instant now) throws IOException {
    List<Path> segments = new ArrayList<>(segments(config.directory()));
    Instant oldest = now.minus(config.retention());
    long room = config.maxBytes() - config.segmentBytes();
    long total = 0;
    for (int i = segments.size() - 1; i >= 0; i--) {
      Path segment = segments.get(i);
      total += Files.size(segment);
      if (total > room || Files.getLastModifiedTime(segment).toInstant().isBefore(oldest)) {
        Files.delete(segment);
      }
    }
  }

  /** All segments, oldest first. */
  static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = new ArrayList<>(files.filter(file -> file.getFileName().toString().endsWith(Segment.SUFFIX)).toList());
      found.sort(Comparator.comparing(Retention::modified).thenComparing(Path::getFileName));
      return found;
    }
  }

  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException gone) {
      return Instant.EPOCH;
    }
  }
}
