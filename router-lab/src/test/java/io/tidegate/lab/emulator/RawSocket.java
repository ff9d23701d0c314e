package io.tidegate.lab.emulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A bare connection: shows the very bytes of an answer, and how it ended. */
public final class RawSocket implements AutoCloseable {
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
    try {
      socket.setSoTimeout(10_000);
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!text().contains(text)) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("other text came, but not " + text);
        }
        int one = socket.getInputStream().read();
        if (one < 0) {
          throw new AssertionError("the connection ended before the text came");
        }
        read.write(one);
      }
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
