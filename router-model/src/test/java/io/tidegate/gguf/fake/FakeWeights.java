package io.tidegate.gguf.fake;

import io.tidegate.gguf.engine.Card;
import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.engine.Sampling;
import io.tidegate.gguf.engine.Sequences;
import io.tidegate.gguf.engine.Turn;
import io.tidegate.gguf.engine.Weights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A model whose tokens are bytes and that goes on with its prompt, over and over: what it has looked at in a sequence is what it answers from, so a
 * token in the wrong place, or another's, shows in the text. Byte 0 is the mark {@code <end>}.
 */
public final class FakeWeights implements Weights {
  public static final String MARK = "<end>";
  /** The model says that it is done after so many tokens. */
  public volatile int done = Integer.MAX_VALUE;
  /** The run of this number fails; -1 for none. */
  public volatile int failAt = -1;
  public volatile boolean template = true;
  /** A run waits for it; null for no wait. */
  public volatile @Nullable CountDownLatch gate;
  public final List<FakeSequences> opened = new ArrayList<>();
  private static final int ROOM = 16;

  @Override
  public Card card() {
    return new Card("fake", "fake 0B", 1, 1, 4096, 256, template);
  }

  @Override
  public int[] tokens(String text, boolean begin, boolean special) {
    List<Integer> tokens = new ArrayList<>();
    String rest = text;
    while (special && rest.contains(MARK)) {
      bytes(rest.substring(0, rest.indexOf(MARK)), tokens);
      tokens.add(0);
      rest = rest.substring(rest.indexOf(MARK) + MARK.length());
    }
    bytes(rest, tokens);
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void bytes(String text, List<Integer> to) {
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      to.add(b & 0xFF);
    }
  }

  @Override
  public byte[] piece(int token) {
    return token == 0 ? new byte[0] : new byte[] {(byte) token};
  }

  @Override
  public boolean ends(int token) {
    return token == 0;
  }

  @Override
  public boolean marks(int token) {
    return token == 0;
  }

  @Override
  public Optional<String> chat(List<Turn> turns) {
    if (turns.stream().anyMatch(turn -> turn.role() == Turn.Role.TOOL)) {
      return Optional.empty();
    }
    StringBuilder out = new StringBuilder();
    turns.forEach(turn -> out.append(turn.role().word().charAt(0)).append(':').append(turn.text()).append(MARK));
    return Optional.of(out.append("a:").toString());
  }

  @Override
  public Sequences open(int sequences, int length) {
    FakeSequences made = new FakeSequences(length);
    opened.add(made);
    return made;
  }

  @Override
  public float[] embedding(int[] tokens) {
    return new float[] {tokens.length, 0.5f};
  }

  @Override
  public int embeddingLength() {
    return 64;
  }

  @Override
  public void close() {}

  /** What was looked at, by sequence and place. */
  public final class FakeSequences implements Sequences {
    private final int length;
    public final Map<Integer, List<Integer>> seen = new HashMap<>();
    public final List<int[]> batches = new ArrayList<>();
    public boolean closed;
    private final List<int[]> next = new ArrayList<>();
    private final List<int[]> last = new ArrayList<>();
    private int runs;

    FakeSequences(int length) {
      this.length = length;
    }

    @Override
    public int room() {
      return ROOM;
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public void add(int sequence, int token, int position, boolean predict) {
      List<Integer> in = seen.computeIfAbsent(sequence, s -> new ArrayList<>());
      if (in.size() != position || in.size() >= length || next.size() == ROOM) {
        throw new IllegalStateException("sequence " + sequence + " has " + in.size() + " tokens, position " + position);
      }
      in.add(token);
      next.add(new int[] {sequence, token, position, predict ? 1 : 0});
    }

    @Override
    public void run() throws EngineFailure {
      CountDownLatch wait = gate;
      if (wait != null) {
        try {
          wait.await();
        } catch (InterruptedException e) {
          throw new EngineFailure("interrupted");
        }
      }
      batches.add(next.stream().mapToInt(entry -> entry[0]).toArray());
      last.clear();
      last.addAll(next);
      next.clear();
      if (runs++ == failAt) {
        throw new EngineFailure("as told");
      }
    }

    @Override
    public int choose(Chooser chooser, int row) {
      int[] entry = last.get(row);
      if (entry[3] != 1) {
        throw new IllegalStateException("row " + row + " was not to be predicted");
      }
      FakeChooser choosing = (FakeChooser) chooser;
      List<Integer> in = seen.get(entry[0]);
      return choosing.chosen++ >= done ? 0 : in.get(entry[2] + 1 - choosing.period(entry[2] + 1));
    }

    @Override
    public double logProbability(int row, int token) {
      return -1;
    }

    @Override
    public Chooser chooser(Sampling sampling) {
      return new FakeChooser();
    }

    @Override
    public void forget(int sequence) {
      seen.remove(sequence);
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public String toString() {
      return Arrays.toString(batches.toArray());
    }
  }

  private static final class FakeChooser implements Sequences.Chooser {
    private int chosen;
    private int period;

    /** The prompt's length, learnt at the first choice. */
    int period(int looked) {
      if (period == 0) {
        period = looked;
      }
      return period;
    }

    @Override
    public void close() {}
  }
}
