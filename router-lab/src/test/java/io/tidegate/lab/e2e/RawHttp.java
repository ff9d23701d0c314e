package io.tidegate.lab.e2e;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A request with header lines that a client library would not send. */
final class RawHttp {
  private RawHttp() {}

  /** The status of a harmless chat request with these lines. */
  static int status(int port, String key, String lines) throws IOException {
    String body = TestBed.body("auto", "Sort a list.", false);
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n"
          + "authorization: Bearer " + key + "\r\n" + lines + "\r\ncontent-length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }
}
