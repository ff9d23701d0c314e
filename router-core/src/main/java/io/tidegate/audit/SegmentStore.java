package io.tidegate.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/**
 * The files of one audit directory. A port, so that a test can make any call fail or hang, and see in which order they come: that is how
 * durability through a power cut is argued (decisions 6). All calls may block: never on an event loop.
 */
interface SegmentStore {
  /**
   * A file of the directory.
   *
   * @param bytes its size
   * @param modified when it was last written, as the file system says
   */
  record Stored(String name, long bytes, Instant modified) {}

  /** Every file, in no order. */
  List<Stored> list() throws IOException;

  /**
   * Makes a file of zeros with all its room taken, so that a full disk shows here and not as a fault on a mapped page (hazard H4). It gets its
   * name once it is whole. Durable only after the first {@link SegmentFile#force}.
   */
  SegmentFile create(String name, int bytes) throws IOException;

  /**
   * The content of a file, read-only.
   *
   * @throws java.nio.file.NoSuchFileException if it is gone
   */
  ByteBuffer read(String name) throws IOException;

  /** Replaces a small file as a whole; durable when this returns. */
  void replace(String name, byte[] content) throws IOException;

  /** Cuts zeros off the end of a file that nobody writes any more. */
  void trim(String name, int bytes) throws IOException;

  /** Removes a file; one that is gone already is no error. */
  void delete(String name) throws IOException;

  /** Marks a boot as running, until this process ends or {@link #release} is called. */
  void hold(String boot) throws IOException;

  void release(String boot);

  /** Whether another process, or another log in this one, holds {@code boot}: its chains may still grow. */
  boolean isHeld(String boot) throws IOException;
}
