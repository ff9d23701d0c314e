package io.tidegate.lab.emulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bare connection: shows the very bytes of an answer, and how it ended. */
public final class RawSocket implements AutoCloseable {
  private static final Pattern LENGTH = Pattern.compile("content-length: ([0-9]+)\r\n");

  private final Socket socket;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  public enum End { FIN, RST, SILENCE }

  public RawSocket(int port) {
    try {
      socket = new Socket("127.0.0.1", port);
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RawSocket write(String text) {
    return write(text.getBytes(StandardCharsets.UTF_8));
  }

  public RawSocket write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RawSocket post(String path, String body) {
    return write("POST " + path + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: "
        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
  }

  /** Reads on until the other side ends it or nothing came for that long. */
  public End readToEnd(int silenceMillis) {
    try {
      socket.setSoTimeout(silenceMillis);
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[64 * 1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read.write(buffer, 0, n);
      }
      return End.FIN;
    } catch (SocketTimeoutException e) {
      return End.SILENCE;
    } catch (IOException e) {
      return End.RST;
    }
  }

  /** Reads until the text has come. */
  public RawSocket readUntil(String text) {
    return readUntil(text, 1);
  }

  /** Reads until the text has come so many times. */
  public RawSocket readUntil(String text, int times) {
    try {
      socket.setSoTimeout(10_000);
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (text().split(Pattern.quote(text), -1).length <= times) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("other text came, but not " + text);
        }
        readSome(1);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads until so many bytes have come in all. */
  public RawSocket readUntil(int bytes) {
    try {
      socket.setSoTimeout(10_000);
      while (read.size() < bytes) {
        readSome(Math.min(bytes - read.size(), 64 * 1024));
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a first answer, whose head says how long its body is, to its end. */
  public RawSocket readAnswer() {
    String head = readUntil("\r\n\r\n").text();
    Matcher length = LENGTH.matcher(head);
    if (!length.find()) {
      throw new AssertionError("the head says no length");
    }
    return readUntil(head.length() + Integer.parseInt(length.group(1)));
  }

  private void readSome(int most) throws IOException {
    byte[] bytes = new byte[most];
    int n = socket.getInputStream().read(bytes);
    if (n < 0) {
      throw new AssertionError("the connection ended before it came");
    }
    read.write(bytes, 0, n);
  }

  public byte[] bytes() {
    return read.toByteArray();
  }

  public String text() {
    return read.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
