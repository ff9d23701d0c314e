package io.tidegate.ingress.http;

import io.netty.buffer.Unpooled;
import io.tidegate.jobs.JobDesk;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/**
 * One question about files and batches under way: brings the answer from the jobs' thread to the connection's loop, and a file piece by piece, as its reader
 * takes it. Confined to its loop, but for what is called from the jobs' thread and only posts.
 */
final class JobCall implements JobDesk.Answering, JobDesk.Piece, Line.Walk {
  private final Intake.Answerer answerer;
  private final Loop loop;
  private JobDesk.@Nullable Content content;
  private long left;
  private boolean reading;
  private boolean over;

  JobCall(Intake.Answerer answerer, Loop loop) {
    this.answerer = answerer;
    this.loop = loop;
  }

  @Override
  public void json(byte[] json) {
    loop.execute(() -> {
      if (!over) {
        over = true;
        answerer.complete(null, Unpooled.wrappedBuffer(json));
      }
    });
  }

  @Override
  public void refused(ErrorAnswer error) {
    loop.execute(() -> {
      if (!over) {
        over = true;
        answerer.refuse(error);
      }
    });
  }

  @Override
  public void content(JobDesk.Content file) {
    loop.execute(() -> {
      if (over) {
        file.close();
        return;
      }
      content = file;
      left = file.bytes();
      answerer.contentBegins(left);
      if (left == 0) {
        end();
        answerer.contentPiece(Unpooled.EMPTY_BUFFER, true);
      } else {
        pull();
      }
    });
  }

  private void pull() {
    JobDesk.Content from = content;
    if (from != null && !over && !reading && answerer.isWritable()) {
      reading = true;
      from.next(this);
    }
  }

  @Override
  public void read(byte[] bytes) {
    loop.execute(() -> {
      reading = false;
      if (over) {
        return;
      }
      left -= bytes.length;
      boolean last = left <= 0;
      if (last) {
        end();
      }
      answerer.contentPiece(Unpooled.wrappedBuffer(bytes), last);
      pull();
    });
  }

  @Override
  public void failed() {
    loop.execute(() -> {
      if (!over) {
        end();
        answerer.contentFails();
      }
    });
  }

  @Override
  public void cancel() {
    if (!over) {
      end();
    }
  }

  @Override
  public void writable() {
    pull();
  }

  private void end() {
    over = true;
    JobDesk.Content open = content;
    content = null;
    if (open != null) {
      open.close();
    }
  }
}
