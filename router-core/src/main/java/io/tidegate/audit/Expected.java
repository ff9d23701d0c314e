package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What signed statements say about one chain. Heads are kept as 16 of their 32 bytes: there may be millions. */
final class Expected {
  private record Sign(long micros, long high, long low) {}

  private long[] rising = new long[4 * 16];
  private int size;
  private int next;
  /** Statements that came after a later one: of other boots' journals. */
  private final Map<Long, List<Sign>> others = new HashMap<>();
  private ChainState floor;
  private @Nullable ChainState closed;
  private long highest = -1;
  private long highestMicros;

  Expected(ChainId chain) {
    this.floor = ChainState.of(chain);
  }

  void add(ChainState state, Instant time) {
    if (state.firstNumber() > floor.firstNumber()) {
      floor = state;
    }
    ChainState before = closed;
    if (state.closed() && (before == null || state.lastSequence() > before.lastSequence())) {
      closed = state;
    }
    if (!state.isEmpty()) {
      head(state.lastSequence(), state.head(), time);
    }
  }

  void head(long sequence, byte[] hash, Instant time) {
    ByteBuffer bytes = ByteBuffer.wrap(hash);
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, time);
    Sign sign = new Sign(micros, bytes.getLong(), bytes.getLong());
    if (size > 0 && sequence <= rising[4 * (size - 1)]) {
      others.computeIfAbsent(sequence, key -> new ArrayList<>(1)).add(sign);
    } else {
      if (4 * (size + 1) > rising.length) {
        rising = Arrays.copyOf(rising, 2 * rising.length);
      }
      rising[4 * size] = sequence;
      rising[4 * size + 1] = micros;
      rising[4 * size + 2] = sign.high();
      rising[4 * size + 3] = sign.low();
      size++;
    }
    if (sequence > highest || sequence == highest && micros < highestMicros) {
      highest = sequence;
      highestMicros = micros;
    }
  }

  /** The oldest that must be there. */
  ChainState floor() {
    return floor;
  }

  /** Not null once the chain is over: nothing may follow. */
  @Nullable ChainState closed() {
    return closed;
  }

  /** Sequence of the last record that a statement names; -1 for none. */
  long highest() {
    return highest;
  }

  Instant highestTime() {
    return Instant.EPOCH.plus(highestMicros, ChronoUnit.MICROS);
  }

  /** When a statement was signed that names another record than this one; null if none does. Asked in the order of the chain. */
  @Nullable Instant contradicts(long sequence, byte[] hash) {
    ByteBuffer bytes = ByteBuffer.wrap(hash);
    long high = bytes.getLong();
    long low = bytes.getLong();
    while (next < size && rising[4 * next] < sequence) {
      next++;
    }
    if (next < size && rising[4 * next] == sequence && (rising[4 * next + 2] != high || rising[4 * next + 3] != low)) {
      return Instant.EPOCH.plus(rising[4 * next + 1], ChronoUnit.MICROS);
    }
    for (Sign sign : others.getOrDefault(sequence, List.of())) {
      if (sign.high() != high || sign.low() != low) {
        return Instant.EPOCH.plus(sign.micros(), ChronoUnit.MICROS);
      }
    }
    return null;
  }
}
