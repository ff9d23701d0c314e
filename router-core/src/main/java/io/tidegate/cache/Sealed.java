package io.tidegate.cache;

/**
 * An entry as it leaves the process: encrypted, authenticated, and tied to its name; nothing of it can be read. Made by {@link Sealing} only, so what the
 * shared layer's client is handed cannot be text (decisions 20). Bytes that came from outside are taken as such and prove themselves when opened.
 */
public final class Sealed {
  private final byte[] bytes;

  private Sealed(byte[] bytes) {
    this.bytes = bytes;
  }

  static Sealed made(byte[] bytes) {
    return new Sealed(bytes);
  }

  /** What was found outside. */
  public static Sealed found(byte[] bytes) {
    return new Sealed(bytes);
  }

  /** Not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "Sealed[" + bytes.length + " bytes]";
  }
}
