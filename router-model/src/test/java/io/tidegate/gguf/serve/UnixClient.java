package io.tidegate.gguf.serve;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** HTTP/1.1 over a Unix socket, with the platform's own classes: nothing of the server's. */
public final class UnixClient implements AutoCloseable {
  private final SocketChannel channel;

  public UnixClient(Path socket) throws IOException {
    this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
  }

  public String get(String path) throws IOException {
    raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return receive();
  }

  public String post(String path, String body) throws IOException {
    send("POST", path, body);
    return receive();
  }

  public void send(String method, String path, String body) throws IOException {
    int length = body.getBytes(StandardCharsets.UTF_8).length;
    raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n" + body);
  }

  public void raw(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** One whole response, head and body, as it came; what there was if the connection ended. */
  public String receive() throws IOException {
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(4096);
    while (!whole(got.toString(StandardCharsets.UTF_8))) {
      buffer.clear();
      int count = channel.read(buffer);
      if (count < 0) {
        break;
      }
      got.write(buffer.array(), 0, count);
    }
    return got.toString(StandardCharsets.UTF_8);
  }

  private static boolean whole(String text) {
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return false;
    }
    String head = text.substring(0, end).toLowerCase(Locale.ROOT);
    int at = head.indexOf("content-length: ");
    if (at < 0) {
      return text.endsWith("\r\n0\r\n\r\n");
    }
    int length = Integer.parseInt(head.substring(at + 16).split("\r\n")[0].strip());
    return text.substring(end + 4).getBytes(StandardCharsets.UTF_8).length >= length;
  }

  /** Data of the events of a streamed answer. */
  public static List<String> events(String answer) {
    return answer.lines().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6)).collect(Collectors.toList());
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
