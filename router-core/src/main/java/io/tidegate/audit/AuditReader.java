package io.tidegate.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/** Reads the records of a directory, oldest segment first. Blocking; for the command line and tests. */
public final class AuditReader {
  private AuditReader() {}

  /**
   * @throws IOException if a segment cannot be read, or holds a record whose checksum is wrong: the message names file and byte
   */
  public static void read(Path directory, Consumer<AuditRecord> to) throws IOException {
    for (Path segment : Retention.segments(directory)) {
      readSegment(segment, to);
    }
  }

  /** All records of a directory. */
  public static List<AuditRecord> all(Path directory) throws IOException {
    List<AuditRecord> records = new ArrayList<>();
    read(directory, records::add);
    return records;
  }

  private static void readSegment(Path file, Consumer<AuditRecord> to) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    if (bytes.capacity() < Segment.HEADER || bytes.getLong(0) != Segment.MAGIC) {
      throw new IOException(file + ": not an audit segment");
    }
    int position = Segment.HEADER;
    while (position + Segment.RECORD_HEADER <= bytes.capacity()) {
      int length = bytes.getInt(position);
      if (length == 0) {
        return;
      }
      int start = position + Segment.RECORD_HEADER;
      if (length < 0 || length > bytes.capacity() - start) {
        throw new IOException(file + ": broken length at byte " + position);
      }
      CRC32C crc = new CRC32C();
      crc.update(bytes.array(), start, length);
      if ((int) crc.getValue() != bytes.getInt(position + Integer.BYTES)) {
        throw new IOException(file + ": wrong checksum at byte " + position);
      }
      to.accept(RecordReader.read(bytes.slice(start, length)));
      position = (start + length + 7) & ~7;
    }
  }
}
