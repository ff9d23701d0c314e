package io.tidegate.jobs;

import java.util.Locale;

/**
 * Where a job stands, in OpenAI's words.
 *
 * <table>
 * <caption>State × event → state; what is not listed stays</caption>
 * <tr><th></th><th>VALID</th><th>INVALID</th><th>LINES_ENDED</th><th>WRITTEN</th><th>CANCEL</th><th>EXPIRE</th></tr>
 * <tr><td>VALIDATING</td><td>IN_PROGRESS</td><td>FAILED</td><td></td><td></td><td>CANCELLING</td><td>EXPIRED</td></tr>
 * <tr><td>IN_PROGRESS</td><td></td><td>FAILED</td><td>FINALIZING</td><td></td><td>CANCELLING</td><td>EXPIRED</td></tr>
 * <tr><td>FINALIZING</td><td></td><td></td><td></td><td>COMPLETED</td><td></td><td></td></tr>
 * <tr><td>CANCELLING</td><td></td><td></td><td></td><td>CANCELLED</td><td></td><td></td></tr>
 * </table>
 * The files of answers are on the disk before EXPIRED, COMPLETED or CANCELLED is recorded.
 */
public enum JobState {
  VALIDATING, IN_PROGRESS, FINALIZING, COMPLETED, FAILED, EXPIRED, CANCELLING, CANCELLED;

  /** What can happen to a job. */
  public enum Event { VALID, INVALID, LINES_ENDED, WRITTEN, CANCEL, EXPIRE }

  /** The state after {@code event}; this one where it changes nothing. */
  public JobState next(Event event) {
    return switch (this) {
      case VALIDATING -> switch (event) {
        case VALID -> IN_PROGRESS;
        case INVALID -> FAILED;
        case CANCEL -> CANCELLING;
        case EXPIRE -> EXPIRED;
        case LINES_ENDED, WRITTEN -> this;
      };
      case IN_PROGRESS -> switch (event) {
        case LINES_ENDED -> FINALIZING;
        case CANCEL -> CANCELLING;
        case EXPIRE -> EXPIRED;
        // Its file was taken away.
        case INVALID -> FAILED;
        case VALID, WRITTEN -> this;
      };
      case FINALIZING -> event == Event.WRITTEN ? COMPLETED : this;
      case CANCELLING -> event == Event.WRITTEN ? CANCELLED : this;
      case COMPLETED, FAILED, EXPIRED, CANCELLED -> this;
    };
  }

  /** Nothing happens to it any more. */
  public boolean over() {
    return switch (this) {
      case COMPLETED, FAILED, EXPIRED, CANCELLED -> true;
      case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
    };
  }

  /** As the wire writes it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
