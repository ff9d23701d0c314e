package io.tidegate.jobs;

import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Sensitivity;

/** Where callers' questions about files and batches are answered. Any thread; the answers come on the jobs' thread. */
public interface JobDesk {
  /** What may be done to a path. */
  enum Verb { GET, POST, DELETE }

  /**
   * A question.
   *
   * @param path as it came, {@code /v1/files…} or {@code /v1/batches…}
   * @param query behind the question mark, empty for none
   * @param declared can only raise
   * @param body JSON of a POST; may be empty
   */
  record Question(Verb verb, String path, String query, Caller caller, Sensitivity declared, byte[] body) {
    /** Without the body and what else the caller wrote. */
    @Override
    public String toString() {
      return "Question[" + verb + "]";
    }
  }

  void ask(Question question, Answering to);

  /** Begins to take a file: the body of {@code POST /v1/files}. What is wrong with it is told at its end. */
  Upload upload(Caller caller, Sensitivity declared, String contentType);

  /** Longest body of an upload. */
  long uploadBytes();

  /** Takes the one answer to a question. */
  interface Answering {
    void json(byte[] json);

    void refused(ErrorAnswer error);

    /** The answer is a file; to be closed by who takes it. */
    void content(Content file);
  }

  /** A file being read. */
  interface Content {
    long bytes();

    /** Reads on, off the event loop; {@code to} is told once. Not before the last was told. */
    void next(Piece to);

    void close();
  }

  /** Takes a piece of a file. */
  interface Piece {
    /** The next bytes; empty at the end. */
    void read(byte[] bytes);

    void failed();
  }

  /** A file being written. Calls from one thread at a time. */
  interface Upload {
    /** Takes the next piece. */
    void bytes(byte[] piece);

    /** Whether the disk is behind: no more should come until {@code room} was run, once, on the jobs' thread. */
    boolean crowded(Runnable room);

    /** All has come. */
    void end(Answering to);

    /** The rest will not come. Does nothing after {@link #end}. */
    void abort();
  }
}
