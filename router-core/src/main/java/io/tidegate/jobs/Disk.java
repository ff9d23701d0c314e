package io.tidegate.jobs;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Where files and journals are kept: one private directory. Called on the jobs' thread only. A name is letters, digits, {@code _ - .} */
public interface Disk {
  /** All names there are. */
  List<String> names() throws IOException;

  long size(String name) throws IOException;

  /** Opens for appending after the first {@code length} bytes; what is beyond them is cut off. Makes the file if it is not there. */
  Output append(String name, long length) throws IOException;

  Input read(String name) throws IOException;

  /** The file holds exactly this, or what it held before; when this returns, for good. */
  void replace(String name, byte[] content) throws IOException;

  /** Does nothing if there is no such file. */
  void delete(String name) throws IOException;

  /** A file that grows. */
  interface Output extends Closeable {
    void append(byte[] bytes, int from, int count) throws IOException;

    /** Returns when all that was appended survives a loss of power. */
    void sync() throws IOException;
  }

  /** A file that is read at any place. */
  interface Input extends Closeable {
    long size() throws IOException;

    /** Reads up to {@code count} bytes; -1 at the end. */
    int read(long at, byte[] to, int from, int count) throws IOException;
  }
}
