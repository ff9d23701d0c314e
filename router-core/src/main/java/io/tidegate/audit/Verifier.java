package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import io.tidegate.audit.SegmentStore.Stored;
import io.tidegate.audit.Statement.Reason;
import io.tidegate.audit.VerifyReport.Head;
import io.tidegate.audit.VerifyReport.Kind;
import io.tidegate.audit.VerifyReport.Problem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Checks a directory of records without taking anyone's word: every link of every chain, every signed statement, and that everything a statement
 * names is there. Needs the public key and nothing else of the installation; may run beside a daemon that writes. Blocking.
 */
public final class Verifier implements ChainCheck.Findings {
  /** One wound must not hide the rest, and a directory of noise must not fill the memory. */
  private static final int MOST_PROBLEMS = 1_000;
  private static final int ATTEMPTS = 5;

  private final SegmentStore store;
  private final List<PublicKeyText> keys;
  private final Progress progress;
  private final List<Head> outside;
  private final List<Problem> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Map<ChainId, Expected> expected = new TreeMap<>();
  private final List<Head> heads = new ArrayList<>();
  /** Why a statement's signature is worth nothing, empty if it is good, by file and byte: a signature is checked once. */
  private final Map<String, String> judged = new HashMap<>();
  private long segments;
  private long records;
  private long statements;
  private long unsigned;
  private long lost;
  private int total;

  /** Told before each segment is read. */
  @FunctionalInterface
  public interface Progress {
    void at(long segment, int of, String file);
  }

  private Verifier(SegmentStore store, List<PublicKeyText> keys, List<Head> outside, Progress progress) {
    this.store = store;
    this.keys = List.copyOf(keys);
    this.outside = List.copyOf(outside);
    this.progress = progress;
  }

  /**
   * @param keys public keys that statements may be signed with; more than one after the key was changed
   * @param outside heads noted at an earlier visit, which must still be there; may be empty
   * @throws IOException if a file cannot be read
   */
  public static VerifyReport verify(Path directory, List<PublicKeyText> keys, List<Head> outside, Progress progress) throws IOException {
    return verify(new FileStore(directory), keys, outside, progress);
  }

  static VerifyReport verify(SegmentStore store, List<PublicKeyText> keys, List<Head> outside, Progress progress) throws IOException {
    for (int attempt = 1;; attempt++) {
      try {
        return new Verifier(store, keys, outside, progress).run();
      } catch (NoSuchFileException dropped) {
        // Retention of a running daemon took it between the listing and the reading; what is missing for good is found by its absence.
        if (attempt == ATTEMPTS) {
          throw dropped;
        }
      }
    }
  }

  private VerifyReport run() throws IOException {
    // In this order, so that a daemon that goes on writing meanwhile is never ahead of what was read: head file, journals, chains.
    HeadFile head = headFile();
    Listing before = Listing.of(store.list());
    total = before.chains().values().stream().mapToInt(Map::size).sum();
    foreign();
    for (Head noted : outside) {
      ChainId chain = chain(noted.chain());
      if (chain != null && noted.signed() != null) {
        expected(chain).head(noted.sequence(), HexFormat.of().parseHex(noted.hash()), noted.signed());
      }
    }
    if (head != null) {
      expected(head.journal()).head(head.sequence(), head.hash(), head.time());
    }
    // Statements first, all of them: a later journal says how an earlier one ended.
    before.chains().forEach((chain, files) -> {
      if (chain.isJournal()) {
        collect(chain, files);
      }
    });
    boolean anyStatement = statements > 0;
    statements = 0;
    for (ChainId journal : chains(before, true)) {
      journal(journal, head, before.chains().getOrDefault(journal, new TreeMap<>()));
    }
    if (head == null && anyStatement) {
      problem(Kind.MISSING, HeadFile.NAME, -1, -1, "the file that names the newest statement is gone, not as it was written, or of another version");
    }
    Listing now = Listing.of(store.list());
    for (ChainId chain : chains(now, false)) {
      Expected about = expected(chain);
      ChainCheck check = new ChainCheck(store, chain, now.chains().getOrDefault(chain, new TreeMap<>()), about, this, frame -> { });
      check.run();
      ended(chain, check, about);
      if (about.closed() == null && check.last() > about.highest()) {
        unsigned += check.last() - about.highest();
      }
    }
    return new VerifyReport(List.copyOf(problems), List.copyOf(notes), segments, records, statements, unsigned, lost, List.copyOf(heads));
  }

  private @Nullable HeadFile headFile() throws IOException {
    try {
      ByteBuffer text = store.read(HeadFile.NAME);
      byte[] bytes = new byte[text.remaining()];
      text.get(bytes);
      return HeadFile.parse(bytes);
    } catch (NoSuchFileException gone) {
      return null;
    }
  }

  private void foreign() throws IOException {
    for (Stored file : store.list()) {
      if (file.name().endsWith(Segment.SUFFIX) && ChainId.parse(file.name()) == null) {
        problem(Kind.FOREIGN, file.name(), -1, -1, "no segment of this daemon has such a name");
      }
    }
  }

  private Set<ChainId> chains(Listing listing, boolean journals) {
    Set<ChainId> all = new TreeSet<>(listing.chains().keySet());
    all.addAll(expected.keySet());
    all.removeIf(chain -> chain.isJournal() != journals);
    return all;
  }

  /** What the sound statements of a journal say; problems are named when it is walked again. */
  private void collect(ChainId journal, SortedMap<Integer, Stored> files) {
    for (int number : files.keySet()) {
      ByteBuffer bytes;
      try {
        bytes = store.read(journal.fileName(number));
      } catch (IOException unreadable) {
        continue;
      }
      if (!Frames.isSegment(bytes)) {
        continue;
      }
      Frame frame = Frames.at(bytes, Segment.HEADER);
      int minor = frame == null || frame.kind() != Chain.OPENED ? 0 : Format.minorOf(frame);
      for (int at = Segment.HEADER; frame != null; frame = Frames.at(bytes, at)) {
        at = Segment.next(frame.at(), frame.bytes().limit() - Encoder.HEAD);
        Statement statement = frame.kind() == Statement.KIND ? read(frame, minor) : null;
        String objection = statement == null ? null : objection(statement);
        judged.put(journal.fileName(number) + ' ' + frame.at(), objection == null ? "" : objection);
        if (statement != null && objection == null) {
          statements++;
          statement.states().forEach(state -> expected(state.chain()).add(state, statement.time()));
        }
      }
    }
  }

  private void journal(ChainId journal, @Nullable HeadFile head, SortedMap<Integer, Stored> files) throws IOException {
    Expected about = expected(journal);
    ChainCheck[] check = new ChainCheck[1];
    check[0] = new ChainCheck(store, journal, files, about, this, frame -> {
      if (frame.kind() != Statement.KIND) {
        return;
      }
      Statement statement = Statement.read(frame.bytes(), check[0].minor());
      statements++;
      // Most were judged when they were collected; not those behind a wound.
      String before = judged.get(check[0].file() + ' ' + frame.at());
      String objection = before == null ? objection(statement) : before.isEmpty() ? null : before;
      if (objection != null) {
        problem(Kind.FORGED, check[0].file(), frame.at(), frame.sequence(), objection);
      }
      if (head != null && head.journal().equals(journal) && head.sequence() == statement.sequence()
          && !(head.time().equals(statement.time()) && Arrays.equals(head.hash(), frame.hash()))) {
        problem(Kind.EDITED, HeadFile.NAME, -1, -1, "it is not what was written about the statement it names");
      }
      if (statement.reason() == Reason.STOP) {
        check[0].over();
      }
    });
    check[0].run();
    ended(journal, check[0], about);
  }

  private static @Nullable Statement read(Frame frame, int minor) {
    try {
      return Statement.read(frame.bytes(), minor);
    } catch (RuntimeException malformed) {
      return null;
    }
  }

  /** Why a statement's signature is worth nothing; null if it is good. */
  private @Nullable String objection(Statement statement) {
    for (PublicKeyText key : keys) {
      if (key.is(statement.publicKey())) {
        return key.verifies(statement.signed(), statement.signature()) ? null : "the signature is not right";
      }
    }
    return "signed with a key that was not given, fingerprint " + HexFormat.of().formatHex(Encoder.hashOf(ByteBuffer.wrap(statement.publicKey())), 0, 8);
  }

  private void ended(ChainId chain, ChainCheck check, Expected about) {
    if (check.last() >= 0) {
      heads.add(new Head(chain.toString(), check.last(), HexFormat.of().formatHex(check.lastHash()), about.highest() < 0 ? null : about.highestTime()));
    }
  }

  private Expected expected(ChainId chain) {
    return expected.computeIfAbsent(chain, Expected::new);
  }

  private static @Nullable ChainId chain(String text) {
    ChainId.Place place = ChainId.parse(Segment.PREFIX + text + "-000000" + Segment.SUFFIX);
    return place == null ? null : place.chain();
  }

  // Findings

  @Override
  public void problem(Kind kind, String file, long at, long sequence, String text) {
    if (problems.size() < MOST_PROBLEMS) {
      problems.add(new Problem(kind, file, at, sequence, text));
    } else if (problems.size() == MOST_PROBLEMS) {
      problems.add(new Problem(kind, file, -1, -1, "and more: only the first " + MOST_PROBLEMS + " are named"));
    }
  }

  @Override
  public void note(String text) {
    notes.add(text);
  }

  @Override
  public void segment(String file) {
    segments++;
    progress.at(segments, total, file);
  }

  @Override
  public void record(int lostBefore) {
    records++;
    lost += lostBefore;
  }
}
