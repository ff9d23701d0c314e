package io.tidegate.ingress.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A socket that says exactly what it is told. */
final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;
  final Socket socket;
  private final InputStream in;

  /** One answer, as it came. */
  record Answer(int status, String head, String body) {
    boolean has(String line) {
      return head.toLowerCase(Locale.ROOT).contains("\r\n" + line.toLowerCase(Locale.ROOT) + "\r\n");
    }

    boolean closing() {
      return has("connection: close");
    }

    /** Value of a header; empty if it is missing. */
    String header(String name) {
      for (String line : head.split("\r\n")) {
        if (line.toLowerCase(Locale.ROOT).startsWith(name + ": ")) {
          return line.substring(name.length() + 2);
        }
      }
      return "";
    }
  }

  RawClient(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = socket.getInputStream();
  }

  RawClient send(String latin1) throws IOException {
    return send(latin1.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** Sends as much as is taken: who refuses a request need not read it to its end. */
  RawClient offer(byte[] bytes) {
    try {
      send(bytes);
    } catch (IOException refused) {
      // The answer says why; without one, reading it fails.
    }
    return this;
  }

  /** The next answer; chunks are joined. */
  Answer answer() throws IOException {
    return answer(false);
  }

  /** The next answer; one to a HEAD has no body, whatever its length says. */
  Answer answer(boolean toHead) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!endsWithBlankLine(head)) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after " + head.size() + " bytes of a head");
      }
      head.write(b);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int status = Integer.parseInt(text.substring(9, 12));
    if (status == 100 || toHead) {
      return new Answer(status, text, "");
    }
    Answer bare = new Answer(status, text, "");
    String body;
    if (bare.has("transfer-encoding: chunked")) {
      body = chunks();
    } else if (bare.header("content-length").isEmpty()) {
      body = rest();
    } else {
      body = new String(exactly(Integer.parseInt(bare.header("content-length"))), StandardCharsets.UTF_8);
    }
    return new Answer(status, text, body);
  }

  /** One line, without its end. */
  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      line.append((char) b);
      b = in.read();
    }
    return line.toString().strip();
  }

  /** All until the other side ends. */
  String rest() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Whether the other side has ended, or ends in time. */
  boolean closed() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    } catch (SocketException reset) {
      return true;
    }
  }

  /** Whether nothing comes and nothing ends for a moment. */
  boolean silent(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      in.read();
      return false;
    } catch (SocketTimeoutException quiet) {
      return true;
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
  }

  byte[] exactly(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("closed after " + bytes.length + " of " + count + " bytes");
    }
    return bytes;
  }

  private String chunks() throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      String piece = new String(exactly(size), StandardCharsets.UTF_8);
      if (!new String(exactly(2), StandardCharsets.ISO_8859_1).equals("\r\n")) {
        throw new IOException("a chunk does not end in CR LF");
      }
      if (size == 0) {
        return body.toString();
      }
      body.append(piece);
    }
  }

  private static boolean endsWithBlankLine(ByteArrayOutputStream head) {
    byte[] b = head.toByteArray();
    int n = b.length;
    return n >= 4 && b[n - 4] == '\r' && b[n - 3] == '\n' && b[n - 2] == '\r' && b[n - 1] == '\n';
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
