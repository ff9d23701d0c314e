package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallFactsTest {
  private static CallFacts facts(String... namesAndValues) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
    }
    return CallFacts.read(metadata, io.tidegate.model.Peer.LOOPBACK);
  }

  @Test
  @DisplayName("nothing said: PUBLIC declared, which raises nothing; no class; no key")
  void nothing() {
    CallFacts facts = facts();
    assertThat(facts.sensitivity()).isEqualTo(Sensitivity.PUBLIC);
    assertThat(facts.latencyClass()).isNull();
    assertThat(facts.bearer()).isNull();
    assertThat(facts.error()).isNull();
  }

  @Test
  @DisplayName("A8 key, sensitivity and latency class are read; other x-tidegate names are not")
  void reads() {
    CallFacts facts = facts("authorization", "bearer  K1 ", "x-tidegate-sensitivity", "Restricted", "x-tidegate-latency-class", "BATCH",
        "x-tidegate-tenant", "other", "x-tidegate-upstream", "cloud");
    assertThat(facts.error()).isNull();
    assertThat(facts.bearer()).isEqualTo("K1");
    assertThat(facts.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(facts.latencyClass()).isEqualTo(LatencyClass.BATCH);
  }

  @ParameterizedTest
  @DisplayName("A8 duplicates, unknown words, other schemes and underscores are errors that name the key and not the value")
  @CsvSource({
      "x-tidegate-sensitivity,internal,x-tidegate-sensitivity,restricted",
      "x-tidegate-latency-class,batch,x-tidegate-latency-class,batch",
      "authorization,Bearer a,authorization,Bearer b",
      "x-tidegate-sensitivity,CANARY,x-a,1",
      "x-tidegate-sensitivity,'',x-a,1",
      "x-tidegate-latency-class,CANARY,x-a,1",
      "authorization,Basic CANARY,x-a,1",
      "authorization,CANARY,x-a,1",
      "x_tidegate_sensitivity,public,x-a,1",
      "x-tidegate_sensitivity,public,x-a,1",
      "x_tidegate-tenant,x,x-a,1"})
  void errors(String name, String value, String name2, String value2) {
    CallFacts facts = facts(name, value, name2, value2);
    assertThat(facts.error()).isNotNull();
    assertThat(String.valueOf(facts.error())).doesNotContain("CANARY");
  }
}
