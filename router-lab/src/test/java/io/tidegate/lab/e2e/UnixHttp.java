package io.tidegate.lab.e2e;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/** One HTTP/1.1 request over a Unix socket. */
record UnixHttp(String answer) {
  static UnixHttp post(Path socket, String json, String... headers) throws IOException {
    StringBuilder head = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    head.append("content-length: ").append(body.length).append("\r\n\r\n");
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      write(channel, head.toString().getBytes(StandardCharsets.US_ASCII));
      write(channel, body);
      return new UnixHttp(new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(bytes);
    while (all.hasRemaining()) {
      channel.write(all);
    }
  }

  int status() {
    return Integer.parseInt(answer.substring(9, 12));
  }

  /** A header's value; empty if it is not there. */
  String header(String name) {
    return answer.lines().takeWhile(line -> !line.isBlank()).filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":")).findFirst()
        .map(line -> line.substring(name.length() + 1).trim()).orElse("");
  }
}
