package io.tidegate.lab.plan;

import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Step.Event;
import io.tidegate.lab.plan.Step.Head;
import io.tidegate.lab.plan.Step.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one request as a list of steps. Mutable until it is played; used by one thread at a time.
 */
public final class Plan {
  private static final Field JSON = new Field("content-type", "application/json");

  private final Request request;
  private final ErrorForms errors;
  private final boolean stream;
  private final @Nullable Slot slot;
  private List<Step> steps;

  /**
   * @param stream the answer is a sequence of events
   * @param slot what a running model takes; null if none runs. Only calls with a slot are open to scripted faults
   */
  public Plan(Request request, ErrorForms errors, boolean stream, @Nullable Slot slot, List<Step> steps) {
    this.request = request;
    this.errors = errors;
    this.stream = stream;
    this.slot = slot;
    this.steps = new ArrayList<>(steps);
  }

  /**
   * @param pool which pool of slots; one per model where models do not share
   * @param priority low goes first
   */
  public record Slot(String pool, int priority) {}

  /** A plain JSON answer that needs no model. */
  public static Plan json(Request request, ErrorForms errors, int status, byte[] body, Field... more) {
    return new Plan(request, errors, false, null, whole(status, JSON, body, more));
  }

  /** A refusal in the dialect's form. */
  public static Plan refused(Request request, ErrorForms errors, Complaint complaint, Field... more) {
    ErrorForms.Refused refused = errors.refused(complaint);
    return json(request, errors, refused.status(), refused.body(), more);
  }

  /** Head, body and end of an answer that is known at once. */
  public static List<Step> whole(int status, Field contentType, byte[] body, Field... more) {
    List<Field> fields = new ArrayList<>(List.of(more));
    fields.add(0, contentType);
    return List.of(new Head(status, fields, body.length), new Event(Kind.BODY, body), Step.end());
  }

  public Request request() {
    return request;
  }

  public ErrorForms errors() {
    return errors;
  }

  public boolean stream() {
    return stream;
  }

  public @Nullable Slot slot() {
    return slot;
  }

  /** The steps themselves; a fault may change the list. */
  public List<Step> steps() {
    return steps;
  }

  public void replaceWith(List<Step> others) {
    steps = new ArrayList<>(others);
  }

  /** Whether a model runs for it after all: a fault may have made it a refusal, or silence. */
  public boolean computes() {
    for (Step step : steps) {
      if (step instanceof Head head) {
        return head.status() < 300;
      }
    }
    return false;
  }

  public void refuse(Complaint complaint, Field... more) {
    ErrorForms.Refused refused = errors.refused(complaint);
    replaceWith(whole(refused.status(), JSON, refused.body(), more));
  }

  /** Index of the head; every plan has one. */
  public int headIndex() {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Head) {
        return i;
      }
    }
    throw new IllegalStateException("a plan without a head");
  }

  /** Index of the first event that is not a ping, or of the end if there is none. */
  public int firstEventIndex() {
    return indexAfter(0);
  }

  /** Where the step stands that comes after {@code events} events (pauses before the next event included). */
  public int indexAfter(int events) {
    int seen = 0;
    for (int i = headIndex() + 1; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step instanceof Event event && event.kind() != Kind.PING) {
        if (seen == events) {
          return i;
        }
        seen++;
      }
    }
    return steps.size() - 1;
  }

  /** Index of the first event of a kind, or -1. */
  public int indexOf(Kind kind) {
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof Event event && event.kind() == kind) {
        return i;
      }
    }
    return -1;
  }

  /** Drops everything from {@code index} on and puts {@code tail} there. */
  public void cutAt(int index, Step... tail) {
    steps.subList(index, steps.size()).clear();
    steps.addAll(List.of(tail));
  }

  /**
   * Cuts after {@code events} events. An answer that is one body is cut inside it as soon as {@code events} is not 0.
   */
  public void cutAfter(int events, Step... tail) {
    int at = indexAfter(events);
    if (!stream && events > 0) {
      Event body = (Event) steps.get(indexOf(Kind.BODY));
      int half = body.bytes().length / 2;
      cutAt(indexOf(Kind.BODY), new Event(Kind.BODY, Arrays.copyOf(body.bytes(), half)));
      steps.addAll(List.of(tail));
      return;
    }
    // The waits that lead to the next event belong to it.
    while (at > 0 && steps.get(at - 1) instanceof Step.Pause) {
      at--;
    }
    cutAt(at, tail);
  }
}
