package io.tidegate.gguf.sync;

import java.io.IOException;
import java.io.InputStream;

/** Where models come from. Blocking. */
public interface Source {
  /**
   * A small file, whole.
   *
   * @throws IOException if it is not there, or longer than {@code most}
   */
  byte[] small(String file, int most) throws IOException;

  /** A file from a place on, or from its beginning. */
  Part from(String file, long offset) throws IOException;

  /**
   * What comes.
   *
   * @param offset where it really begins: the one that was asked for, or 0
   */
  record Part(InputStream bytes, long offset) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
