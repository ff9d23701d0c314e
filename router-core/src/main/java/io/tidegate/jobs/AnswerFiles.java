package io.tidegate.jobs;

import io.tidegate.model.Sensitivity;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes a job's two files from its journal: what was answered, and what was refused or not asked. Confined to the jobs' thread. */
final class AnswerFiles {
  private static final int BUFFER = 64 << 10;

  private final JobService service;

  AnswerFiles(JobService service) {
    this.service = service;
  }

  /**
   * Writes both anew, whatever stands there from a try that was cut short; a file without a line is not made. When this returns they are on the disk.
   *
   * @param code what is said of lines without an end; empty if there can be none
   */
  void write(JobBook book, JobLedger ledger, LineIndex index, String code, String message) throws IOException {
    String id = ledger.job().facts().id();
    try (Target good = new Target(JobView.outputFile(id), id + "_output.jsonl"); Target bad = new Target(JobView.errorFile(id), id + "_error.jsonl")) {
      book.read(id, JobLedger.answers((isGood, bytes, from, to) -> (isGood ? good : bad).line(bytes, from, to)));
      if (!code.isEmpty()) {
        for (int line = 0; line < Math.min(index.lines(), Math.max(0, ledger.total())); line++) {
          if (!ledger.ended(line)) {
            byte[] text = AnswerLine.notAsked(id.substring(id.indexOf('_') + 1) + "-" + line, OpenJob.body(index.text(line)).customId(), code, message);
            bad.line(text, 0, text.length);
          }
        }
      }
      good.keep(ledger);
      bad.keep(ledger);
    }
  }

  /** One file. */
  private final class Target implements AutoCloseable {
    private final String id;
    private final String filename;
    private final byte[] buffer = new byte[BUFFER];
    private int filled;
    private FileShelf.@Nullable Writing writing;
    private boolean kept;

    Target(String id, String filename) {
      this.id = id;
      this.filename = filename;
    }

    void line(byte[] bytes, int from, int to) throws IOException {
      put(bytes, from, to - from);
      put(new byte[] {'\n'}, 0, 1);
    }

    private void put(byte[] bytes, int from, int count) throws IOException {
      if (filled + count > buffer.length) {
        flush();
      }
      if (count > buffer.length) {
        writing().append(bytes, from, count);
      } else {
        System.arraycopy(bytes, from, buffer, filled, count);
        filled += count;
      }
    }

    private void flush() throws IOException {
      if (filled > 0) {
        writing().append(buffer, 0, filled);
        filled = 0;
      }
    }

    private FileShelf.Writing writing() throws IOException {
      FileShelf.Writing begun = writing;
      if (begun == null) {
        begun = service.shelf().write(id);
        writing = begun;
      }
      return begun;
    }

    void keep(JobLedger ledger) throws IOException {
      flush();
      FileShelf.Writing whole = writing;
      if (whole != null) {
        whole.keep(ledger.job().facts().caller().tenant(), Sensitivity.PUBLIC, filename, "batch_output", service.nowSeconds());
        kept = true;
      }
    }

    @Override
    public void close() throws IOException {
      FileShelf.Writing half = writing;
      if (half != null && !kept) {
        half.drop();
      }
    }
  }
}
