package io.tidegate.lab.e2e;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 client that keeps its connections and never repeats anything: a request that got no whole answer is lost. It does what every client must:
 * a connection is not used again after {@code Connection: close}, nor when its end has come already. Any thread; each request blocks its own.
 */
final class StrictHttpClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private static final long STOOD_STILL_NANOS = 1_000_000_000;

  private final int port;
  /** Null for plain text. */
  private final @Nullable SSLSocketFactory tls;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  private String key = "";

  /**
   * A kept connection that ended without a byte of an answer, and more than a second went by between the look that found it open and the question: this
   * process stood still, and the other side may well have ended it meanwhile.
   */
  static final class StoodStill extends IOException {
    private static final long serialVersionUID = 1;

    StoodStill(IOException cause) {
      super(cause);
    }
  }

  /** A whole answer; {@code firstNanos} is when its first byte came. */
  record Answer(int status, String body, long firstNanos) {}

  StrictHttpClient(int port, @Nullable SSLSocketFactory tls) {
    this.port = port;
    this.tls = tls;
  }

  /** Shows this key with every request. To be said before the first. */
  StrictHttpClient withKey(String bearer) {
    key = bearer.isEmpty() ? "" : "\r\nAuthorization: Bearer " + bearer;
    return this;
  }

  /** @param keep false for a connection of its own */
  Answer post(String path, String json, boolean keep) throws IOException {
    Connection connection = keep ? kept() : null;
    if (connection == null) {
      connection = new Connection();
    }
    boolean good = false;
    try {
      byte[] body = json.getBytes(StandardCharsets.UTF_8);
      byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length
          + (keep ? "" : "\r\nConnection: close") + key + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
      byte[] both = new byte[head.length + body.length];
      System.arraycopy(head, 0, both, 0, head.length);
      System.arraycopy(body, 0, both, head.length, body.length);
      connection.write(both);
      Answer answer = connection.read();
      good = !connection.closing;
      return answer;
    } catch (IOException lost) {
      throw connection.lateAndUnheard() ? new StoodStill(lost) : lost;
    } finally {
      if (good && keep) {
        idle.addFirst(connection);
      } else {
        connection.socket.close();
      }
    }
  }

  private @Nullable Connection kept() throws IOException {
    for (Connection one = idle.pollFirst(); one != null; one = idle.pollFirst()) {
      if (one.stillOpen()) {
        return one;
      }
      one.socket.close();
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    for (Connection one = idle.pollFirst(); one != null; one = idle.pollFirst()) {
      one.socket.close();
    }
  }

  private final class Connection {
    final Socket socket;
    private final byte[] buffer = new byte[16 << 10];
    private int at;
    private int end;
    boolean closing;
    /** Whether its last question came long after the look that found it open. */
    private boolean late;
    private boolean heard;
    private boolean reused;
    private long seenOpenNanos;

    Connection() throws IOException {
      Socket plain = new Socket();
      plain.setTcpNoDelay(true);
      plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
      socket = tls == null ? plain : tls.createSocket(plain, "localhost", port, true);
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    /** Whether the other side has not ended it yet; nothing may have come on it. */
    boolean stillOpen() throws IOException {
      socket.setSoTimeout(1);
      reused = true;
      seenOpenNanos = System.nanoTime();
      try {
        socket.getInputStream().read();
        return false;
      } catch (SocketTimeoutException quiet) {
        return true;
      } catch (IOException reset) {
        return false;
      } finally {
        if (!socket.isClosed()) {
          socket.setSoTimeout(TIMEOUT_MILLIS);
        }
      }
    }

    void write(byte[] question) throws IOException {
      heard = false;
      try {
        socket.getOutputStream().write(question);
      } finally {
        late = reused && System.nanoTime() - seenOpenNanos >= STOOD_STILL_NANOS;
      }
    }

    boolean lateAndUnheard() {
      return late && !heard;
    }

    Answer read() throws IOException {
      String status = line();
      long first = System.nanoTime();
      int length = -1;
      boolean chunked = false;
      for (String line = line(); !line.isEmpty(); line = line()) {
        String lower = line.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring(15).strip());
        } else if (lower.startsWith("transfer-encoding:")) {
          chunked = true;
        } else if (lower.startsWith("connection:") && lower.contains("close")) {
          closing = true;
        }
      }
      StringBuilder body = new StringBuilder();
      if (chunked) {
        for (int size = Integer.parseInt(line(), 16); ; size = Integer.parseInt(line(), 16)) {
          body.append(bytes(size));
          line();
          if (size == 0) {
            break;
          }
        }
      } else {
        body.append(bytes(Math.max(0, length)));
      }
      return new Answer(Integer.parseInt(status.substring(9, 12)), body.toString(), first);
    }

    private int octet() throws IOException {
      if (at == end) {
        at = 0;
        end = socket.getInputStream().read(buffer);
        if (end < 0) {
          end = 0;
          throw new EOFException("the connection ended in place of an answer");
        }
        heard = true;
      }
      return buffer[at++];
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int octet = octet(); octet != '\n'; octet = octet()) {
        if (octet != '\r') {
          line.append((char) octet);
        }
      }
      return line.toString();
    }

    private String bytes(int count) throws IOException {
      byte[] all = new byte[count];
      for (int i = 0; i < count; i++) {
        all[i] = (byte) octet();
      }
      return new String(all, StandardCharsets.UTF_8);
    }
  }
}
