package io.tidegate.lab.e2e;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** HTTP/1.1 on one connection that is kept for all tenants, as a gateway in front would; a caller who leaves resets it. */
final class H1Asker implements Asker {
  private final int port;
  private @Nullable Socket socket;
  private @Nullable InputStream in;

  H1Asker(int port) {
    this.port = port;
  }

  @Override
  public Outcome ask(String key, Question question) throws IOException {
    byte[] body = question.json().getBytes(StandardCharsets.UTF_8);
    String head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nauthorization: Bearer " + key
        + "\r\ncontent-length: " + body.length + (question.wish().isEmpty() ? "" : "\r\nx-tidegate-latency-class: " + question.wish())
        + (question.declared().isEmpty() ? "" : "\r\nx-tidegate-sensitivity: " + question.declared()) + "\r\n\r\n";
    try {
      Socket to = connected();
      byte[] all = new byte[head.length() + body.length];
      System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, all, 0, head.length());
      System.arraycopy(body, 0, all, head.length(), body.length);
      to.getOutputStream().write(all);
      if (question.leaveAfter() >= 0) {
        for (int i = 0; i < question.leaveAfter() && in.read() >= 0; i++) {
          // So much of the answer is taken.
        }
        to.setSoLinger(true, 0);
        close();
        return Outcome.of(Kind.LEFT);
      }
      return read(question.stream());
    } catch (IOException gone) {
      close();
      return Outcome.of(Kind.LOST);
    }
  }

  private Outcome read(boolean stream) throws IOException {
    String status = line();
    String cache = "";
    int length = -1;
    boolean chunked = false;
    boolean closes = false;
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(java.util.Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(15).trim());
      } else if (lower.startsWith("transfer-encoding:")) {
        chunked = true;
      } else if (lower.startsWith("x-tidegate-cache:")) {
        cache = lower.substring(17).trim();
      } else if (lower.startsWith("connection:") && lower.contains("close")) {
        closes = true;
      }
    }
    String body = chunked ? chunks() : new String(exactly(length), StandardCharsets.UTF_8);
    if (closes) {
      close();
    }
    if (!status.startsWith("HTTP/1.1 200")) {
      return new Outcome(Kind.REFUSED, Asker.code(body), "");
    }
    return Asker.whole(body, stream) ? new Outcome(Kind.ANSWERED, Asker.content(body), cache) : Outcome.of(Kind.BROKEN_OFF);
  }

  private String chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      all.writeBytes(exactly(size));
      line();
    }
    line();
    return all.toString(StandardCharsets.UTF_8);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new IOException("closed in the midst of an answer");
    }
    return bytes;
  }

  private String line() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed in the midst of an answer");
      }
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  private Socket connected() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket("127.0.0.1", port);
      open.setSoTimeout(30_000);
      open.setTcpNoDelay(true);
      socket = open;
      in = new BufferedInputStream(open.getInputStream());
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
