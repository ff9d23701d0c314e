package io.tidegate.jobs;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One upload: {@code purpose=batch} and a file, as a form (R2.7). Its pieces go to the disk as they come; the first thing that is wrong is told at the end, and
 * leaves nothing behind. Pieces come from an event loop; all else is done on the jobs' thread.
 */
final class FileUpload implements JobDesk.Upload, Multipart.Parts {
  /** Bytes that may wait for the disk before the sender is held up. */
  private static final int CROWDED = 512 << 10;
  private static final int MAX_FIELD = 64;
  private static final int MAX_NAME = 256;

  private enum Part { NONE, PURPOSE, FILE, OTHER }

  private final JobService service;
  private final Caller caller;
  private final Sensitivity declared;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicReference<@Nullable Runnable> room = new AtomicReference<>();

  private @Nullable Multipart form;
  private FileShelf.@Nullable Writing writing;
  private @Nullable ErrorAnswer wrong;
  private Part part = Part.NONE;
  private String filename = "";
  private boolean fileSeen;
  private final StringBuilder purpose = new StringBuilder();
  private boolean over;
  private boolean ended;

  FileUpload(JobService service, Caller caller, Sensitivity declared, String contentType) {
    this.service = service;
    this.caller = caller;
    this.declared = declared;
    service.thread().execute(() -> begin(contentType));
  }

  private void begin(String contentType) {
    try {
      // First, since its end will be counted.
      wrong = service.mayUpload(caller.tenant());
      form = Multipart.of(contentType, this);
      if (form == null) {
        wrong = ErrorAnswer.ofParam(Refusal.UNSUPPORTED_MEDIA, "Send multipart/form-data with the fields purpose and file.", "Content-Type");
      }
    } catch (Throwable defect) {
      service.notices().defect(defect);
      wrong = JobService.DEFECT;
    }
  }

  @Override
  public void bytes(byte[] piece) {
    waiting.addAndGet(piece.length);
    service.thread().execute(() -> {
      take(piece);
      if (waiting.addAndGet(-piece.length) < CROWDED) {
        Runnable go = room.getAndSet(null);
        if (go != null) {
          go.run();
        }
      }
    });
  }

  @Override
  public boolean crowded(Runnable whenRoom) {
    if (waiting.get() < CROWDED) {
      return false;
    }
    room.set(whenRoom);
    // It may have been written meanwhile.
    if (waiting.get() < CROWDED && room.getAndSet(null) != null) {
      return false;
    }
    return true;
  }

  private void take(byte[] piece) {
    Multipart into = form;
    if (over || wrong != null || into == null) {
      return;
    }
    try {
      into.feed(piece, 0, piece.length);
      if (into.broken()) {
        fail(bad("The form is malformed.", "body"));
      }
    } catch (IOException disk) {
      service.notices().diskFailed(disk);
      fail(JobService.DISK);
    } catch (Throwable defect) {
      service.notices().defect(defect);
      fail(JobService.DEFECT);
    }
  }

  @Override
  public void part(String name, @Nullable String given) throws IOException {
    part = name.equals("purpose") && given == null ? Part.PURPOSE : name.equals("file") ? Part.FILE : Part.OTHER;
    if (part == Part.FILE) {
      if (fileSeen) {
        fail(bad("Send one file.", "file"));
        return;
      }
      fileSeen = true;
      filename = given == null ? "" : given.length() > MAX_NAME ? given.substring(0, MAX_NAME) : given;
      writing = service.shelf().write("file-" + service.newId());
    }
  }

  @Override
  public void bytes(byte[] bytes, int from, int count) throws IOException {
    switch (part) {
      case FILE -> {
        FileShelf.Writing to = writing;
        if (to == null || wrong != null) {
          return;
        }
        if (to.bytes() + count > service.limits().fileBytes()) {
          fail(ErrorAnswer.ofParam(Refusal.TOO_LARGE, "A file holds at most " + service.limits().fileBytes() + " bytes.", "file"));
        } else if (service.space().full()) {
          fail(JobService.FULL);
        } else {
          to.append(bytes, from, count);
        }
      }
      case PURPOSE -> {
        if (purpose.length() + count > MAX_FIELD) {
          fail(bad("The purpose must be batch.", "purpose"));
        } else {
          purpose.append(new String(bytes, from, count, StandardCharsets.ISO_8859_1));
        }
      }
      case NONE, OTHER -> { }
    }
  }

  @Override
  public void end() {
    part = Part.NONE;
  }

  @Override
  public void end(JobDesk.Answering to) {
    ended = true;
    service.thread().execute(() -> finish(to));
  }

  private void finish(JobDesk.Answering to) {
    if (over) {
      return;
    }
    over = true;
    service.uploadOver();
    Multipart read = form;
    FileShelf.Writing kept = writing;
    if (wrong == null && (read == null || !read.whole())) {
      wrong = bad("The form ends too early.", "body");
    } else if (wrong == null && !purpose.toString().equals("batch")) {
      wrong = bad("The purpose must be batch.", "purpose");
    } else if (wrong == null && kept == null) {
      wrong = bad("Send the file in the field file.", "file");
    }
    ErrorAnswer why = wrong;
    if (why == null && kept != null) {
      try {
        StoredFile file = service.keep(kept, caller.tenant(), declared, filename);
        JsonWriter out = new JsonWriter();
        file.write(out, service.limits().retention().toSeconds());
        to.json(out.toBytes());
        return;
      } catch (IOException disk) {
        service.notices().diskFailed(disk);
        why = JobService.DISK;
      } catch (Throwable defect) {
        service.notices().defect(defect);
        why = JobService.DEFECT;
      }
    }
    drop();
    to.refused(why == null ? JobService.DISK : why);
  }

  @Override
  public void abort() {
    if (ended) {
      return;
    }
    service.thread().execute(() -> {
      if (!over) {
        over = true;
        service.uploadOver();
        drop();
      }
    });
  }

  private void fail(ErrorAnswer why) {
    if (wrong == null) {
      wrong = why;
      drop();
    }
  }

  private void drop() {
    FileShelf.Writing begun = writing;
    writing = null;
    if (begun != null) {
      try {
        begun.drop();
      } catch (IOException disk) {
        service.notices().diskFailed(disk);
      }
    }
  }

  private static ErrorAnswer bad(String message, String param) {
    return ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, message, param);
  }
}
