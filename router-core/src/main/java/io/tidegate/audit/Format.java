package io.tidegate.audit;

import io.tidegate.audit.Frames.Frame;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Which form the records of a segment have. The last letter of the segment's magic is the major version: who knows another one reads nothing of it, and says
 * so. The opening record carries the minor version: a higher one means more behind what a record of its kind holds, further kinds, and values that are not
 * known here. How records are framed, linked and signed is the same in all of them, so a chain is verified whichever version wrote it.
 *
 * <p>Minor 0 had no such octet. 1: a decision's flags say whether a residency follows.
 */
final class Format {
  static final int MINOR = 1;
  private static final int PREFIX = 7;

  private Format() {}

  /** @param opening a record of kind {@link Chain#OPENED} */
  static int minorOf(Frame opening) {
    ByteBuffer body = opening.body();
    int boot = body.hasRemaining() ? body.get() & 0xff : 0;
    // Index and number are before it, why the segment was begun is behind it, always the last octet.
    int at = body.position() + boot + 2 * Integer.BYTES;
    return at + 1 < body.limit() ? body.get(at) & 0xff : 0;
  }

  static boolean isNewer(int minor) {
    return minor > MINOR;
  }

  /** What to say of a file that is no segment as this version writes it. */
  static String other(ByteBuffer file) {
    byte[] magic = new byte[Segment.HEADER];
    if (file.limit() >= Segment.HEADER) {
      file.get(0, magic);
    }
    String own = new String(ByteBuffer.allocate(Long.BYTES).putLong(Segment.MAGIC).array(), StandardCharsets.ISO_8859_1);
    String found = new String(magic, StandardCharsets.ISO_8859_1);
    char version = found.charAt(PREFIX);
    return found.startsWith(own.substring(0, PREFIX)) && version >= '1' && version <= '9'
        ? "an audit segment of form " + version + ", and this version reads form " + own.charAt(PREFIX) + ". Fix: ask the version that wrote it"
        : "not an audit segment of this version";
  }
}
