package io.tidegate.decide;

import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import java.nio.ByteBuffer;

/**
 * Leave to write exactly these bytes to this upstream. Minted by {@link Decider} only (G1, hazards A1, A2); carries the bytes
 * themselves, so that nothing else can be written in their name (decisions 1).
 */
public final class Clearance {
  private final Decision decision;
  private final String upstream;
  private final Zone zone;
  private final String place;
  private final SplicedText text;

  Clearance(Decision decision, String upstream, String place, Zone zone, SplicedText text) {
    this.decision = decision;
    this.upstream = upstream;
    this.zone = zone;
    this.place = place;
    this.text = text;
  }

  public String requestId() {
    return decision.request().id();
  }

  public Operation operation() {
    return decision.request().operation();
  }

  /** Of what it carries. */
  public Sensitivity sensitivity() {
    return decision.sensitivity();
  }

  /** The only upstream it is good for. */
  public String upstream() {
    return upstream;
  }

  /** The only zone it is good for. */
  public Zone zone() {
    return zone;
  }

  /** The only place it is good for: the upstream's name, with the region behind it where the upstream has regions. */
  public String place() {
    return place;
  }

  public int length() {
    return text.length();
  }

  /** The bytes to write, read-only. */
  public ByteBuffer buffer() {
    return text.buffer();
  }

  /** The text that was decided, from which the bytes were made: tells what shape the answer must have. */
  public JsonText source() {
    return text.source();
  }

  @Override
  public String toString() {
    return "Clearance[" + requestId() + ", " + zone + ", " + place + "]";
  }
}
