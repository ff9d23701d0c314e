package io.tidegate.jobs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Says in a file beside the jobs which form they have, so that no version takes for damage, and removes, what a later one wrote in another. Within a form,
 * members, records and files that are not known are passed over. A directory without the file is of this form: versions before it wrote none.
 */
final class Form {
  static final String NAME = "form";
  private static final String WORDS = "tidegate jobs ";
  private static final int OWN = 1;
  private static final int MOST_BYTES = 256;

  private Form() {}

  /**
   * Before anything else is read.
   *
   * @throws IOException it is another form's: nothing may be touched
   */
  static void check(Disk disk, JobNotices notices) throws IOException {
    if (!disk.names().contains(NAME)) {
      try {
        disk.replace(NAME, (WORDS + OWN + "\n").getBytes(StandardCharsets.US_ASCII));
      } catch (IOException full) {
        // Nothing that is there is in danger: the next start tries again.
        notices.diskFailed(full);
      }
      return;
    }
    byte[] bytes = new byte[MOST_BYTES];
    int length;
    try (Disk.Input in = disk.read(NAME)) {
      length = Math.max(0, in.read(0, bytes, 0, bytes.length));
    }
    String line = new String(bytes, 0, length, StandardCharsets.US_ASCII).lines().findFirst().orElse("");
    if (!line.equals(WORDS + OWN) && !line.startsWith(WORDS + OWN + " ")) {
      throw new IOException("it was written by another version: its file '" + NAME + "' says '" + shown(line) + "', and this version knows '" + WORDS + OWN
          + "'. Nothing in it was touched. Fix: run that version until its jobs are over, or name another directory");
    }
  }

  private static String shown(String line) {
    return line.replaceAll("[^ -~]", "?").substring(0, Math.min(40, line.length()));
  }
}
