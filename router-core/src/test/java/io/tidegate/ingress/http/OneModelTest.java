package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.http.RawClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OneModelTest {
  private static final byte[] LIST = ("{\"object\":\"list\",\"data\":[{\"id\":\"auto\",\"zones\":[\"PRIVATE\"]},{\"id\":\"Qwen/Qwen3-32B\",\"zones\":[]},"
      + "{\"id\":\"qwen3:8b+x\",\"zones\":[]}]}").getBytes(StandardCharsets.UTF_8);

  @ParameterizedTest
  @CsvSource({"auto, auto", "Qwen/Qwen3-32B, Qwen/Qwen3-32B", "Qwen%2FQwen3-32B, Qwen/Qwen3-32B", "qwen3%3a8b%2Bx, qwen3:8b+x", "qwen3:8b+x, qwen3:8b+x"})
  @DisplayName("decisions 36 one model is an entry of the list, by its name as clients spell it in a path")
  void entries(String asked, String id) {
    byte[] one = OneModel.of(LIST, "/v1/models/" + asked);
    assertThat(one).isNotNull();
    assertThat(new String(one, StandardCharsets.UTF_8)).startsWith("{\"id\":\"" + id + "\",").endsWith("]}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Auto", "auto/", "nope", "%", "%zz", "qwen3:8b x"})
  void anythingElseIsNone(String asked) {
    assertThat(OneModel.of(LIST, "/v1/models/" + asked)).isNull();
  }

  @Test
  @DisplayName("decisions 36 GET /v1/models/NAME over the wire: an entry, 404 for a name that nobody serves, 405 for a POST, 404 for no name, and the list as ever")
  void overTheWire() throws IOException {
    try (HttpRig rig = new HttpRig(HttpConfig.DEFAULT); RawClient client = rig.connect()) {
      String list = get(client, "GET /v1/models").body();
      assertThat(list).contains("\"object\":\"list\"");
      Answer one = get(client, "GET /v1/models/m");
      assertThat(one.status()).isEqualTo(200);
      assertThat(list).contains(one.body());
      assertThat(one.body()).startsWith("{\"id\":\"m\"");
      assertThat(get(client, "GET /v1/models/none").body()).contains("\"code\":\"not_found\"", "\"param\":\"model\"");
      assertThat(get(client, "GET /v1/models/m?x=1").status()).isEqualTo(400);
      assertThat(get(client, "GET /v1/models/").status()).isEqualTo(404);
      assertThat(get(client, "POST /v1/models/m").status()).isEqualTo(405);
      assertThat(get(client, "GET /v1/models").body()).isEqualTo(list);
    }
  }

  private static Answer get(RawClient client, String line) throws IOException {
    return client.send(line + " HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();
  }
}
