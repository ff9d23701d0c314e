package io.tidegate.audit;

import io.tidegate.audit.AuditReader.Found;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.Frames.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The newest decisions of one run of the daemon, from the files that it writes: nothing is kept for this on the way of a request. Each look reads on
 * from where the last one ended; however much was written between two looks, only the newest records of each chain are read as records. Blocking; one
 * thread at a time.
 */
public final class RecentDecisions {
  /** More than the longest record. */
  private static final int CHUNK = 256 << 10;

  private final Path directory;
  private final List<Follower> followers = new ArrayList<>();
  private final int most;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
  private final Map<String, Found> known = new LinkedHashMap<>();

  /**
   * @param boot whose records
   * @param loops how many chains it has
   * @param most decisions that are kept
   */
  public RecentDecisions(Path directory, String boot, int loops, int most) {
    this.directory = directory;
    this.most = most;
    for (int loop = 0; loop < loops; loop++) {
      followers.add(new Follower(new ChainId(boot, loop)));
    }
  }

  /** The newest decisions, newest first. */
  public List<Found> look() throws IOException {
    List<AuditRecord> fresh = new ArrayList<>();
    for (Follower follower : followers) {
      follower.advance();
      for (ByteBuffer bytes : follower.newest) {
        Frame frame = Frames.at(bytes, 0);
        if (frame != null && RecordReader.isRequest(frame)) {
          fresh.add(RecordReader.read(follower.chain, frame, Format.MINOR));
        }
      }
      follower.newest.clear();
    }
    for (AuditRecord record : fresh) {
      if (record instanceof Decided decided) {
        known.put(decided.requestId(), new Found(decided, null));
      }
    }
    for (AuditRecord record : fresh) {
      if (record instanceof Ended ended) {
        known.computeIfPresent(ended.requestId(), (id, found) -> new Found(found.decided(), ended));
      }
    }
    List<Found> newest = known.values().stream()
        .sorted(Comparator.comparing((Found found) -> found.decided().time()).thenComparing(found -> found.decided().requestId()).reversed())
        .limit(most).toList();
    known.clear();
    newest.forEach(found -> known.put(found.decided().requestId(), found));
    return newest;
  }

  /** One chain, and how far it has been read. */
  private final class Follower {
    private final ChainId chain;
    /** Whole records, oldest first; never more than are of use. */
    private final Deque<ByteBuffer> newest = new ArrayDeque<>();
    private int number = -1;
    private int position = Segment.HEADER;

    Follower(ChainId chain) {
      this.chain = chain;
    }

    void advance() throws IOException {
      if (number < 0 && !begin()) {
        return;
      }
      for (;;) {
        read();
        if (!Files.exists(directory.resolve(chain.fileName(number + 1))) || !holdsAny(number + 1)) {
          return;
        }
        // What was written between the two looks: the next segment begins when this one has its last record.
        read();
        number++;
        position = Segment.HEADER;
      }
    }

    /** At the newest segment that holds a record; the one before it, too, as the newest may have only begun. */
    private boolean begin() throws IOException {
      int first = -1;
      int last = -1;
      try (var files = Files.newDirectoryStream(directory, Segment.PREFIX + chain + "-*")) {
        for (Path file : files) {
          ChainId.Place place = ChainId.parse(file.getFileName().toString());
          if (place != null && place.chain().equals(chain) && holdsAny(place.number())) {
            first = first < 0 ? place.number() : Math.min(first, place.number());
            last = Math.max(last, place.number());
          }
        }
      }
      number = last < 0 ? -1 : Math.max(first, last - 1);
      return number >= 0;
    }

    private boolean holdsAny(int segment) throws IOException {
      chunk.clear().limit(Segment.HEADER + Integer.BYTES);
      return fill(segment, 0) && chunk.limit() == Segment.HEADER + Integer.BYTES && chunk.getLong(0) == Segment.MAGIC && chunk.getInt(Segment.HEADER) != 0;
    }

    private void read() throws IOException {
      for (;;) {
        chunk.clear();
        if (!fill(number, position)) {
          return;
        }
        int at = 0;
        for (int length = Frames.lengthAt(chunk, 0); length > 0 && at + Encoder.HEAD + length <= chunk.limit(); length = Frames.lengthAt(chunk, at)) {
          byte[] record = new byte[Encoder.HEAD + length];
          chunk.get(at, record);
          newest.add(ByteBuffer.wrap(record));
          if (newest.size() > 2 * most) {
            newest.remove();
          }
          at = Segment.next(at, length);
        }
        if (at == 0) {
          return;
        }
        position += at;
      }
    }

    /** Fills the chunk up to its limit from a place in a segment; false if the file is gone. */
    private boolean fill(int segment, int from) throws IOException {
      try (FileChannel channel = FileChannel.open(directory.resolve(chain.fileName(segment)), StandardOpenOption.READ)) {
        while (chunk.hasRemaining() && channel.read(chunk, from + chunk.position()) >= 0) {
          // to the limit, or the end of the file
        }
        chunk.flip();
        return true;
      } catch (NoSuchFileException dropped) {
        chunk.flip();
        return false;
      }
    }
  }
}
