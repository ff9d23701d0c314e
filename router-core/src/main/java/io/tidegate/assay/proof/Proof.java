package io.tidegate.assay.proof;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a proof came to.
 *
 * @param digest of the bundle
 * @param decisions states decided: content × identity × operation × model × stream × temperature × latency class × time
 * @param states states walked to their end: such a decision × world, each different from all others
 * @param outcomes how the walks ended, by words → how many
 * @param identities how many identities the policy tells apart
 * @param leaks the number of states with a leak, by counter-example in {@code examples}
 * @param examples counter-examples, one per cause
 * @param notes what leaves although somebody may mind; no leaks
 * @param whole false where time ran out before everything was walked
 */
public record Proof(String digest, String version, long decisions, long states, Map<String, Long> outcomes, int identities, long leaks,
    List<CounterExample> examples, List<String> notes, boolean whole) {

  /** What the owner of a policy may accept by name: then it is a note. {@code exclusion:ID} comes besides. */
  public static final Set<String> ACCEPTABLE = Set.of("unscannable", "floor-public");

  public Proof {
    examples = List.copyOf(examples);
    notes = List.copyOf(notes);
  }

  /** One leak in words. */
  public record CounterExample(String violation, String who, String content, String request, String decided, String route, String world, String sent,
      String cause, String fix) {}

  public boolean holds() {
    return leaks == 0;
  }
}
