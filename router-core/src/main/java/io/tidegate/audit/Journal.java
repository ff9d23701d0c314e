package io.tidegate.audit;

import io.tidegate.audit.Statement.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * This run's journal: a chain of signed statements about all chains of the directory. Used by one thread at a time: first whoever starts the log,
 * then the syncing thread.
 */
final class Journal {
  private final Tail tail;
  private final SegmentStore store;
  private final SigningKey key;
  private final Encoder record = new Encoder(Statement.MOST_BYTES);
  /** How every chain stands that has a segment in the directory, but for this journal. */
  private final Map<ChainId, ChainState> states = new TreeMap<>();
  private final Set<String> knownBoots;
  private ChainState own;
  private int segmentsBegun;
  /** When the newest statement was made: the head file says the same. */
  private Instant stated = Instant.EPOCH;

  /** @param found chains of other boots */
  Journal(Tail tail, SegmentStore store, SigningKey key, Collection<ChainState> found) {
    this.tail = tail;
    this.store = store;
    this.key = key;
    this.own = ChainState.of(tail.chain().id());
    found.forEach(state -> states.put(state.chain(), state));
    this.knownBoots = found.stream().map(state -> state.chain().boot()).collect(Collectors.toSet());
    this.segmentsBegun = tail.chain().segmentsBegun();
  }

  ChainState stateOf(ChainId chain) {
    return chain.equals(own.chain()) ? own : states.getOrDefault(chain, ChainState.of(chain));
  }

  void set(ChainState state) {
    if (state.chain().equals(own.chain())) {
      own = state;
    } else if (!state.chain().boot().equals(own.chain().boot()) && state.isEmpty()) {
      states.remove(state.chain());
    } else {
      states.put(state.chain(), state);
    }
  }

  /** States everything: at the start, and again whenever a segment of the journal begins, so that older ones may be dropped. */
  boolean stateAll(Reason reason, long nowNanos, Instant now) {
    List<ChainState> all = new ArrayList<>(states.values());
    if (own.firstNumber() > 0) {
      all.add(own);
    }
    return state(reason, all, nowNanos, now);
  }

  /** Appends signed statements; false if not all could be written. */
  boolean state(Reason reason, List<ChainState> about, long nowNanos, Instant now) {
    boolean written = true;
    for (int from = 0; from == 0 || from < about.size(); from += Statement.MOST_STATES) {
      written &= append(reason, about.subList(from, Math.min(about.size(), from + Statement.MOST_STATES)), nowNanos, now);
    }
    if (written && tail.chain().segmentsBegun() != segmentsBegun) {
      // Taken over before: what is said again may itself need a further segment, and is not said a third time.
      segmentsBegun = tail.chain().segmentsBegun();
      if (reason != Reason.STOP) {
        return stateAll(Reason.KEPT, nowNanos, now);
      }
    }
    return written;
  }

  private boolean append(Reason reason, List<ChainState> about, long nowNanos, Instant now) {
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
    Chain chain = tail.chain();
    if (!chain.room(Statement.MOST_BYTES, nowNanos, micros)) {
      chain.refuse();
      return false;
    }
    Statement.write(record, micros, reason, key.publicKey().raw(), about);
    chain.link(record);
    record.raw(key.sign(ByteBuffer.wrap(record.bytes, Encoder.HEAD, record.length() - Encoder.HEAD).slice()));
    if (!chain.put(record)) {
      chain.refuse();
      return false;
    }
    stated = now;
    return true;
  }

  /** Brings what was stated to the disk, then names it in the head file; blocks. */
  void publish() throws IOException {
    tail.advance();
    tail.force();
    HeadFile named;
    try {
      ByteBuffer text = store.read(HeadFile.NAME);
      byte[] bytes = new byte[text.remaining()];
      text.get(bytes);
      named = HeadFile.parse(bytes);
    } catch (NoSuchFileException none) {
      named = null;
    }
    String boot = own.chain().boot();
    // During a hand-over the newer process has the last word.
    if (named == null || named.journal().boot().equals(boot) || knownBoots.contains(named.journal().boot())) {
      store.replace(HeadFile.NAME, new HeadFile(own.chain(), tail.sequence(), tail.head(), stated).text());
    }
  }

  Tail tail() {
    return tail;
  }
}
