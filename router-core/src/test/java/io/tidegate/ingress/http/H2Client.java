package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** An HTTP/2 client that sends exactly the frames it is told, and reads what comes back. */
public final class H2Client implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;
  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;

  final Socket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
  private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
  private final Map<Integer, Http2Headers> heads = new HashMap<>();

  /** A frame that ended what was waited for. */
  public record End(String kind, int code, int status, String body, Map<String, String> headers) {}

  public H2Client(int port) throws IOException {
    this(port, new byte[0]);
  }

  /** Sends the preface and SETTINGS with {@code settings} as payload. */
  H2Client(int port, byte[] settings) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    socket.getOutputStream().write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    send(frame(SETTINGS, 0, 0, settings));
  }

  public static byte[] frame(int type, int flags, int stream, byte... payload) {
    ByteBuf frame = Unpooled.buffer(9 + payload.length);
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream).writeBytes(payload);
    return frame.array();
  }

  /** Fields as HPACK literals without indexing or Huffman coding: whatever bytes they are. */
  public static byte[] hpack(String... namesAndValues) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      out.write(0);
      literal(out, namesAndValues[i]);
      literal(out, namesAndValues[i + 1]);
    }
    return out.toByteArray();
  }

  private static void literal(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length < 127) {
      out.write(bytes.length);
    } else {
      out.write(127);
      int rest = bytes.length - 127;
      while (rest >= 128) {
        out.write(rest & 0x7f | 0x80);
        rest >>>= 7;
      }
      out.write(rest);
    }
    out.writeBytes(bytes);
  }

  public H2Client send(byte[]... frames) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      all.writeBytes(frame);
    }
    try {
      socket.getOutputStream().write(all.toByteArray());
      socket.getOutputStream().flush();
    } catch (SocketException closedMeanwhile) {
      // The other side may end the connection while it is being flooded: what it said is read next.
    }
    return this;
  }

  /** Waits for the end of {@code stream}: its answer, a reset, or the end of the connection. */
  public End end(int stream) throws IOException {
    while (true) {
      int length;
      try {
        length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      } catch (EOFException | SocketException closed) {
        return new End("closed", 0, 0, "", Map.of());
      }
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      int id = in.readInt() & 0x7fffffff;
      byte[] payload = in.readNBytes(length);
      if (type == GOAWAY) {
        return new End("goaway", Unpooled.wrappedBuffer(payload).getInt(4), 0, "", Map.of());
      }
      if (type == SETTINGS && (flags & ACK) == 0) {
        send(frame(SETTINGS, ACK, 0));
      } else if (type == PING && (flags & ACK) == 0) {
        send(frame(PING, ACK, 0, payload));
      } else if (type == HEADERS) {
        heads.put(id, decode(id, payload));
      } else if (type == DATA) {
        bodies.computeIfAbsent(id, key -> new ByteArrayOutputStream()).writeBytes(payload);
      }
      if (id != stream) {
        continue;
      }
      if (type == RST_STREAM) {
        return new End("reset", Unpooled.wrappedBuffer(payload).getInt(0), 0, "", Map.of());
      }
      if ((type == HEADERS || type == DATA) && (flags & END_STREAM) != 0) {
        return answer(id);
      }
    }
  }

  /** Waits until a first HEADERS frame has come on {@code stream}. */
  int status(int stream) throws IOException {
    while (!heads.containsKey(stream)) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.readUnsignedByte();
      int id = in.readInt() & 0x7fffffff;
      byte[] payload = in.readNBytes(length);
      if (type == HEADERS) {
        heads.put(id, decode(id, payload));
      }
    }
    return statusOf(stream);
  }

  private End answer(int stream) {
    Map<String, String> headers = new HashMap<>();
    heads.getOrDefault(stream, new io.netty.handler.codec.http2.DefaultHttp2Headers())
        .forEach(entry -> headers.put(entry.getKey().toString(), entry.getValue().toString()));
    ByteArrayOutputStream body = bodies.getOrDefault(stream, new ByteArrayOutputStream());
    return new End("answer", 0, statusOf(stream), body.toString(StandardCharsets.UTF_8), headers);
  }

  private int statusOf(int stream) {
    Http2Headers head = heads.get(stream);
    CharSequence status = head == null ? null : head.status();
    return status == null ? 0 : Integer.parseInt(status.toString());
  }

  private Http2Headers decode(int stream, byte[] block) throws IOException {
    try {
      return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
