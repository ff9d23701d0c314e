package io.tidegate.audit;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file being written: its bytes in the kernel's page cache, and the way to bring them to the disk. */
interface SegmentFile {
  String name();

  /** The whole file. Writing here is writing to the page cache: it survives kill -9 of this process. */
  ByteBuffer bytes();

  /** Brings all that was written before this call to the disk, the file's name included; blocks. */
  void force() throws IOException;

  void close();
}
