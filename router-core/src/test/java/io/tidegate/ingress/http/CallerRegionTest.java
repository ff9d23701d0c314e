package io.tidegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.ingress.Callers;
import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CallerRegionTest {
  private static final String BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

  /** Says back what it was told. */
  private static Callers callers(boolean regional) {
    return new Callers() {
      @Override
      public @Nullable Caller identify(Peer peer, @Nullable String key) {
        return Caller.DEFAULT;
      }

      @Override
      public boolean regional() {
        return regional;
      }

      @Override
      public String region(@Nullable SocketAddress remote, @Nullable String forwarded) {
        return remote instanceof InetSocketAddress inet && inet.getAddress().isLoopbackAddress() ? "of " + forwarded : "nowhere";
      }
    };
  }

  private static String region(boolean regional, String headers) throws IOException {
    try (HttpRig rig = new HttpRig(HttpConfig.DEFAULT, null, callers(regional)); RawClient client = rig.connect()) {
      client.send("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + headers + "Content-Length: " + BODY.length()
          + "\r\n\r\n" + BODY);
      assertThat(client.answer().status()).isEqualTo(200);
      return rig.line.requests.get(0).region();
    }
  }

  @Test
  @DisplayName("R3.1 the far end and every X-Forwarded-For, in order, tell where a caller is")
  void told() throws IOException {
    assertThat(region(true, "")).isEqualTo("of null");
    assertThat(region(true, "X-Forwarded-For: 192.0.2.1\r\n")).isEqualTo("of 192.0.2.1");
    assertThat(region(true, "x-forwarded-for: 192.0.2.1, 10.0.0.1\r\nX-FORWARDED-FOR: 10.0.0.2\r\n")).isEqualTo("of 192.0.2.1, 10.0.0.1,10.0.0.2");
  }

  @Test
  @DisplayName("R3.1 where it makes no difference, nobody reads the header, however often it comes")
  void notRead() throws IOException {
    assertThat(region(false, "X-Forwarded-For: 192.0.2.1\r\nx-forwarded-for: 192.0.2.2\r\n")).isEmpty();
  }
}
