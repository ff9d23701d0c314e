package io.tidegate.daemon.jobs;

import io.tidegate.jobs.JobDesk;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The desk that callers see while the jobs' directory goes from one process to the next: until we have it, and from when we let it go, questions are told
 * to come again. Knows how many are under way, so that the directory is let go after their answers. Any thread.
 */
final class SharedDesk implements JobDesk {
  private static final ErrorAnswer COME_AGAIN =
      ErrorAnswer.of(Refusal.DRAINING, "Files and batches are being handed over to another process of the router. Try again in a second.");
  private static final Runnable NOTHING = () -> { };

  private final long uploadBytes;
  private final AtomicInteger underWay = new AtomicInteger();
  /** Null before we have the directory, and after. */
  private volatile @Nullable JobDesk desk;

  SharedDesk(long uploadBytes) {
    this.uploadBytes = uploadBytes;
  }

  void open(JobDesk opened) {
    desk = opened;
  }

  /** New questions are not taken any more; see {@link #underWay}. */
  void shut() {
    desk = null;
  }

  int underWay() {
    return underWay.get();
  }

  @Override
  public void ask(Question question, Answering to) {
    underWay.incrementAndGet();
    JobDesk open = desk;
    Counted counted = new Counted(to);
    if (open == null) {
      counted.refused(COME_AGAIN);
    } else {
      open.ask(question, counted);
    }
  }

  @Override
  public Upload upload(Caller caller, Sensitivity declared, String contentType) {
    underWay.incrementAndGet();
    JobDesk open = desk;
    return new CountedUpload(open == null ? new Turned() : open.upload(caller, declared, contentType));
  }

  @Override
  public long uploadBytes() {
    return uploadBytes;
  }

  private Runnable once() {
    AtomicBoolean over = new AtomicBoolean();
    return () -> {
      if (over.compareAndSet(false, true)) {
        underWay.decrementAndGet();
      }
    };
  }

  private final class Counted implements Answering {
    private final Answering to;
    private final Runnable over;

    Counted(Answering to) {
      this(to, once());
    }

    Counted(Answering to, Runnable over) {
      this.to = to;
      this.over = over;
    }

    @Override
    public void json(byte[] json) {
      over.run();
      to.json(json);
    }

    @Override
    public void refused(ErrorAnswer error) {
      over.run();
      to.refused(error);
    }

    @Override
    public void content(Content file) {
      to.content(new Content() {
        @Override
        public long bytes() {
          return file.bytes();
        }

        @Override
        public void next(Piece piece) {
          file.next(piece);
        }

        @Override
        public void close() {
          over.run();
          file.close();
        }
      });
    }
  }

  private final class CountedUpload implements Upload {
    private final Upload upload;
    private final Runnable over = once();

    CountedUpload(Upload upload) {
      this.upload = upload;
    }

    @Override
    public void bytes(byte[] piece) {
      upload.bytes(piece);
    }

    @Override
    public boolean crowded(Runnable room) {
      return upload.crowded(room);
    }

    @Override
    public void end(Answering to) {
      upload.end(new Counted(to, over));
    }

    @Override
    public void abort() {
      over.run();
      upload.abort();
    }
  }

  /** An upload that is read to its end, so that its answer is heard. */
  private static final class Turned implements Upload {
    @Override
    public void bytes(byte[] piece) {
      NOTHING.run();
    }

    @Override
    public boolean crowded(Runnable room) {
      return false;
    }

    @Override
    public void end(Answering to) {
      to.refused(COME_AGAIN);
    }

    @Override
    public void abort() {
      NOTHING.run();
    }
  }
}
