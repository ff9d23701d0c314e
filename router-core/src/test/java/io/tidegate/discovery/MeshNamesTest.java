package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.SpiffeId;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshNamesTest {
  private static SpiffeId id(String path) {
    return SpiffeId.parse("spiffe://" + path).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
      "d.consul/ns/default/dc/dc1/svc/llm, , , true",
      "d.consul/ns/default/dc/dc1/svc/llm2, , , false",
      "d.consul/ns/default/dc/dc1/svc/tidegate, , , false",
      "e.consul/ns/default/dc/dc1/svc/llm, , , false",
      "d.consul/ns/default/dc/dc2/svc/llm, , , false",
      "d.consul/ns/default/dc/dc2/svc/llm, , dc2, true",
      "d.consul/ns/models/dc/dc1/svc/llm, , , false",
      "d.consul/ns/models/dc/dc1/svc/llm, models, , true",
      "d.consul/ap/gpu/ns/default/dc/dc1/svc/llm, , , false",
      "d.consul/ns/default/dc/dc1/svc/llm/x, , , false",
      "d.consul/agent/client/dc/dc1/id/llm, , , false"})
  @DisplayName("R10.4 F5 only the service that is meant, in our trust domain and partition, where it is looked for")
  void isService(String other, String namespace, String datacenter, boolean expected) {
    assertThat(MeshNames.isService(id("d.consul/ns/default/dc/dc1/svc/tidegate"), id(other), "llm", namespace, datacenter)).isEqualTo(expected);
  }
}
