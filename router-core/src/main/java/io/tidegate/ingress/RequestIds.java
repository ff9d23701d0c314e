package io.tidegate.ingress;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Unique request ids: 8 hex digits of the boot, 16 of a counter run through a bijection, so that ids neither repeat within a boot nor tell
 * how many requests there were. Any thread.
 */
public final class RequestIds implements Supplier<String> {
  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final long boot;
  private final long start;
  private final AtomicLong counter = new AtomicLong();

  /** @param boot random, new at each start; {@code start} random too */
  public RequestIds(long boot, long start) {
    this.boot = boot;
    this.start = start;
  }

  @Override
  @SuppressWarnings("deprecation") // the Latin-1 constructor copies without a decoder
  public String get() {
    byte[] text = new byte[24];
    hex(text, 0, 8, boot);
    hex(text, 8, 24, mix(start + counter.getAndIncrement() * GOLDEN));
    return new String(text, 0, 0, 24);
  }

  private static void hex(byte[] to, int from, int end, long value) {
    long rest = value;
    for (int i = end - 1; i >= from; i--) {
      to[i] = HEX[(int) (rest & 15)];
      rest >>>= 4;
    }
  }

  /** SplitMix64's finaliser (Steele, Lea, Flood 2014): a bijection on 64 bits. */
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
