package io.tidegate.audit;

import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the records of a directory. Blocking; for the command line, the admin listener's pool and tests. Does not verify: see {@link Verifier}. */
public final class AuditReader {
  private AuditReader() {}

  /**
   * A request's records.
   *
   * @param ended null while it is under way, or where its outcome was lost
   */
  public record Found(Decided decided, @Nullable Ended ended) {}

  /** From when to when records are wanted; both ends may be open. */
  public record Span(Instant from, Instant before) {
    public static final Span ALL = new Span(Instant.MIN, Instant.MAX);

    boolean holds(Instant time) {
      return !time.isBefore(from) && time.isBefore(before);
    }
  }

  /**
   * All records, chain by chain, oldest segment first.
   *
   * @throws IOException if a segment cannot be read, or is broken: the message names file and byte. What was readable before was handed over. At the end, if
   *     records of a newer version could not be read: all others were handed over
   */
  public static void read(Path directory, Consumer<AuditRecord> to) throws IOException {
    read(directory, Span.ALL, to);
  }

  /** Those of a time span. */
  public static void read(Path directory, Span span, Consumer<AuditRecord> to) throws IOException {
    SegmentStore store = new FileStore(directory);
    long beyond = 0;
    for (Map.Entry<ChainId, SortedMap<Integer, Stored>> chain : Listing.of(store.list()).chains().entrySet()) {
      if (chain.getKey().isJournal()) {
        continue;
      }
      for (Stored segment : chain.getValue().values()) {
        // A segment's last record is not later than its file; one minute for a clock that was set back meanwhile.
        if (!segment.modified().isBefore(span.from().equals(Instant.MIN) ? Instant.MIN : span.from().minusSeconds(60))) {
          beyond += segment(store, directory, chain.getKey(), segment.name(), span, to);
        }
      }
    }
    if (beyond > 0) {
      throw new IOException(directory + ": " + beyond + " records of a newer version hold what this one does not know, and are left out. Fix: ask that version");
    }
  }

  /** All records of a directory. */
  public static List<AuditRecord> all(Path directory) throws IOException {
    List<AuditRecord> records = new ArrayList<>();
    read(directory, records::add);
    return records;
  }

  /** The records of one request, looked for from the newest segment on; empty if there are none. */
  public static Optional<Found> find(Path directory, String requestId) throws IOException {
    SegmentStore store = new FileStore(directory);
    record Segmented(ChainId chain, Stored file) {}
    List<Segmented> segments = new ArrayList<>();
    Listing.of(store.list()).chains().forEach((chain, files) -> {
      if (!chain.isJournal()) {
        files.values().forEach(file -> segments.add(new Segmented(chain, file)));
      }
    });
    segments.sort(Comparator.comparing((Segmented segment) -> segment.file().modified()).thenComparing(segment -> segment.file().name()).reversed());
    Ended ended = null;
    for (Segmented segment : segments) {
      Decided decided = null;
      try {
        ByteBuffer bytes = store.read(segment.file().name());
        int minor = minor(first(bytes));
        for (Frame frame = first(bytes); frame != null; frame = Frames.at(bytes, after(frame))) {
          if (RecordReader.isRequest(frame) && RecordReader.requestId(frame).equals(requestId)) {
            AuditRecord record = read(directory.resolve(segment.file().name()), segment.chain(), frame, minor);
            if (record instanceof Decided found) {
              decided = found;
            } else if (record instanceof Ended found) {
              ended = found;
            }
          }
        }
      } catch (NoSuchFileException dropped) {
        continue;
      }
      if (decided != null) {
        return Optional.of(new Found(decided, ended));
      }
    }
    return Optional.empty();
  }

  private static @Nullable Frame first(ByteBuffer bytes) {
    return Frames.isSegment(bytes) ? Frames.at(bytes, Segment.HEADER) : null;
  }

  private static int minor(@Nullable Frame first) {
    return first == null || first.kind() != Chain.OPENED ? 0 : Format.minorOf(first);
  }

  private static AuditRecord read(Path file, ChainId chain, Frame frame, int minor) throws IOException {
    try {
      return RecordReader.read(chain, frame, minor);
    } catch (RuntimeException malformed) {
      throw new IOException(file + ": a record that cannot be read at byte " + frame.at()
          + (Format.isNewer(minor) ? ": a newer version wrote it. Fix: ask that version" : ""), malformed);
    }
  }

  private static int after(Frame frame) {
    return Segment.next(frame.at(), frame.bytes().limit() - Encoder.HEAD);
  }

  /** How many records of a newer version could not be read. */
  private static long segment(SegmentStore store, Path directory, ChainId chain, String name, Span span, Consumer<AuditRecord> to) throws IOException {
    ByteBuffer bytes;
    try {
      bytes = store.read(name);
    } catch (NoSuchFileException dropped) {
      return 0;
    }
    if (!Frames.isSegment(bytes)) {
      throw new IOException(directory.resolve(name) + ": " + Format.other(bytes));
    }
    int at = Segment.HEADER;
    int minor = minor(first(bytes));
    long beyond = 0;
    while (Frames.lengthAt(bytes, at) != 0) {
      Frame frame = Frames.at(bytes, at);
      if (frame == null) {
        throw new IOException(directory.resolve(name) + ": wrong checksum or length at byte " + at + "; 'tidegate audit verify' says more");
      }
      if (RecordReader.isRequest(frame)) {
        AuditRecord record = null;
        try {
          record = read(directory.resolve(name), chain, frame, minor);
        } catch (IOException malformed) {
          if (!Format.isNewer(minor)) {
            throw malformed;
          }
          beyond++;
        }
        if (record != null && span.holds(record.time())) {
          to.accept(record);
        }
      }
      at = after(frame);
    }
    return beyond;
  }
}
