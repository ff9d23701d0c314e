package io.tidegate.lab.fault;

import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Step;
import io.tidegate.lab.plan.Step.Act;
import io.tidegate.lab.plan.Step.Last;
import io.tidegate.lab.plan.Wire;
import java.util.List;

/** Faults of the connection under an answer. */
public final class ConnectionFaults {
  private ConnectionFaults() {}

  /** RST (HTTP/2: RST_STREAM) without a byte of answer. */
  public static Fault resetBeforeHead() {
    return Fault.of("reset before head", plan -> plan.replaceWith(List.of(new Last(Wire::reset))));
  }

  /** RST right behind the head. */
  public static Fault resetAfterHead() {
    return Fault.of("reset after head", plan -> plan.cutAt(plan.headIndex() + 1, new Last(Wire::reset)));
  }

  /** RST after so many events. */
  public static Fault resetAfter(int events) {
    return Fault.of("reset after " + events, plan -> plan.cutAfter(events, new Last(Wire::reset)));
  }

  /** FIN without a byte of answer (HTTP/2: the whole connection). */
  public static Fault closeBeforeHead() {
    return Fault.of("close before head", plan -> plan.replaceWith(List.of(new Last(Wire::disconnect))));
  }

  /** FIN in place of the framing's end, after so many events (HTTP/2: the whole connection). */
  public static Fault closeAfter(int events) {
    return Fault.of("close after " + events, plan -> plan.cutAfter(events, new Last(Wire::disconnect)));
  }

  /** The request is read and never answered. */
  public static Fault hang() {
    return Fault.of("hang", plan -> plan.replaceWith(List.of(new Step.Hang())));
  }

  /** The good answer with {@code connection: close} (HTTP/2: GOAWAY that includes it). */
  public static Fault closeAnnounced() {
    return Fault.of("connection: close", plan -> plan.steps().add(0, new Act(Wire::closeAfterwards)));
  }

  /** The good answer without such an announcement, then FIN. */
  public static Fault closeUnannounced() {
    return Fault.of("close after the answer", plan -> {
      Step end = plan.steps().remove(plan.steps().size() - 1);
      plan.steps().add(new Last(wire -> {
        ((Last) end).deed().accept(wire);
        wire.disconnect();
      }));
    });
  }

  /** The good answer; the next request on the connection meets a close and not one byte (the idle time-out we cannot see). */
  public static Fault idleCloseAsNextComes() {
    return Fault.of("idle close as we write", plan -> plan.steps().add(0, new Act(Wire::closeOnNextRequest)));
  }

  /** The answer, a refusal, comes at the request's head, before its body; then FIN. */
  public static Fault earlyAnswer(Complaint complaint) {
    return Fault.early("early " + complaint, plan -> {
      plan.refuse(complaint);
      plan.steps().add(0, new Act(Wire::closeAfterwards));
    });
  }

  /** GOAWAY that includes this request, which is answered well. */
  public static Fault goAwayAfterUs() {
    return Fault.of("goaway, us included", plan -> plan.steps().add(plan.firstEventIndex(), new Act(wire -> wire.goAway(true))));
  }

  /** GOAWAY whose last stream is before this one: certainly not processed. */
  public static Fault goAwayBeforeUs() {
    return Fault.of("goaway, us not included", plan -> plan.replaceWith(List.of(new Last(wire -> wire.goAway(false)))));
  }

  /** RST_STREAM(REFUSED_STREAM): certainly not processed. */
  public static Fault refusedStream() {
    return Fault.of("refused stream", plan -> plan.replaceWith(List.of(new Last(Wire::refuse))));
  }

  /** The good answer, and from now on only so many streams at once on this connection. */
  public static Fault limitStreams(long streams) {
    return Fault.of("max streams " + streams, plan -> plan.steps().add(0, new Act(wire -> wire.limitStreams(streams))));
  }
}
