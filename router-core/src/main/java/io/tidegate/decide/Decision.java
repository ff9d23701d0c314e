package io.tidegate.decide;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LinkRule;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.RouteStep;
import io.tidegate.policy.Verdict;
import io.tidegate.policy.Verdict.CacheRights;
import java.time.Instant;
import java.util.List;

/** The outcome for one request. Made by {@link Decider} only; immutable. */
public final class Decision {
  private final ModelRequest request;
  private final Verdict verdict;
  private final String policyDigest;
  private final String region;
  private final Instant now;
  private final int bodyBytes;
  private final int messages;

  Decision(ModelRequest request, Verdict verdict, String policyDigest, String region, Instant now, int bodyBytes, int messages) {
    this.request = request;
    this.verdict = verdict;
    this.policyDigest = policyDigest;
    this.region = region;
    this.now = now;
    this.bodyBytes = bodyBytes;
    this.messages = messages;
  }

  /** The request that was decided: the very object, so that a clearance can be tied to its text by identity. */
  public ModelRequest request() {
    return request;
  }

  public Sensitivity sensitivity() {
    return verdict.sensitivity();
  }

  public LatencyClass latencyClass() {
    return verdict.latencyClass();
  }

  /** The whole route with its conditions, steps that ask for a transformation included. */
  public List<RouteStep> steps() {
    return verdict.steps();
  }

  /** Destinations open for the text as it stands, in order of preference; nothing outside this list may ever be used for the request (hazards A3, A4). */
  public List<Destination> route() {
    return verdict.route();
  }

  /** Whether content of this request may be written to {@code zone}. */
  public boolean opens(Zone zone) {
    return verdict.route().contains(Destination.of(zone));
  }

  public CacheRights cacheRights() {
    return verdict.cacheRights();
  }

  /** Ids of the rules that fired, sorted. */
  public List<String> rules() {
    return verdict.rules();
  }

  /** The record must be on disk before a PUBLIC send (decisions 6). */
  public boolean auditDurable() {
    return verdict.auditDurable();
  }

  /** What becomes of links in the answer that may carry data (hazard A17). */
  public LinkRule links() {
    return verdict.links();
  }

  /** In which regions content of this request may be worked on; nothing outside them may ever be used for it. */
  public Residency residency() {
    return verdict.residency();
  }

  /** Where the daemon that decided stands, as rules read it. */
  public String region() {
    return region;
  }

  /** The time that rules read. */
  public Instant now() {
    return now;
  }

  /** Size of the body as the caller sent it, as rules read it. */
  public int bodyBytes() {
    return bodyBytes;
  }

  /** Number of chat messages, if rules read it; -1 if nobody counted them. */
  public int messages() {
    return messages;
  }

  /** Hex digest of the bundle that decided (G6). */
  public String policyDigest() {
    return policyDigest;
  }
}
