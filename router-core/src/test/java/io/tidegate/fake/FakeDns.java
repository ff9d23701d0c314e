package io.tidegate.fake;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** A name server that answers what a test says, over UDP and TCP on one port of loopback, and notes what it was asked. Writes its bytes by itself. */
public final class FakeDns implements AutoCloseable {
  public static final int A = 1;
  public static final int SRV = 33;
  public static final int AAAA = 28;
  public static final int NXDOMAIN = 3;
  public static final int SERVFAIL = 2;

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Function<Question, Reply> answers;
  private final List<Question> asked = new ArrayList<>();
  private volatile boolean closed;

  /**
   * One question.
   *
   * @param edns bytes of its OPT record's options, empty without any
   * @param atNanos when it came
   */
  public record Question(String name, int type, boolean overTcp, byte[] edns, long atNanos) {}

  /** One record. */
  public record Row(String name, int type, int ttl, byte[] data) {}

  /**
   * An answer; null from the function is silence.
   *
   * @param truncated says that it did not fit
   * @param garbled bytes cut off at its end
   */
  public record Reply(int code, boolean truncated, List<Row> rows, List<Row> more, int garbled) {
    public static Reply of(Row... rows) {
      return new Reply(0, false, List.of(rows), List.of(), 0);
    }

    public static Reply code(int code) {
      return new Reply(code, false, List.of(), List.of(), 0);
    }

    public Reply with(Row... additional) {
      return new Reply(code, truncated, rows, List.of(additional), garbled);
    }

    public Reply truncate() {
      return new Reply(code, true, rows, more, garbled);
    }

    public Reply garble(int bytes) {
      return new Reply(code, truncated, rows, more, bytes);
    }
  }

  public FakeDns(Function<Question, Reply> answers) {
    this.answers = answers;
    try {
      int port = FreePorts.number();
      this.tcp = new ServerSocket(port, 8, InetAddress.getLoopbackAddress());
      this.udp = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    start(this::serveUdp);
    start(this::serveTcp);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort());
  }

  public synchronized List<Question> asked() {
    return List.copyOf(asked);
  }

  public static Row a(String name, int ttl, String address) {
    return new Row(name, A, ttl, literal(address));
  }

  public static Row aaaa(String name, int ttl, String address) {
    return new Row(name, AAAA, ttl, literal(address));
  }

  public static Row srv(String name, int ttl, int priority, int weight, int port, String target) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int value : new int[] {priority, weight, port}) {
      out.write(value >> 8);
      out.write(value);
    }
    out.writeBytes(name(target));
    return new Row(name, SRV, ttl, out.toByteArray());
  }

  private static byte[] literal(String address) {
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (IOException noLiteral) {
      throw new UncheckedIOException(noLiteral);
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "fake-dns");
    thread.setDaemon(true);
    thread.start();
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    while (!closed) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()), false);
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException gone) {
        // Closed, or a sender that went away.
      }
    }
  }

  private void serveTcp() {
    while (!closed) {
      try (Socket socket = tcp.accept()) {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] query = new byte[in.readUnsignedShort()];
        in.readFully(query);
        byte[] answer = answer(query, true);
        if (answer.length > 0) {
          DataOutputStream out = new DataOutputStream(socket.getOutputStream());
          out.writeShort(answer.length);
          out.write(answer);
          out.flush();
          // Until the other side has read it.
          in.read();
        }
      } catch (IOException gone) {
        // Closed, or a client that went away.
      }
    }
  }

  private byte[] answer(byte[] query, boolean overTcp) {
    StringBuilder name = new StringBuilder();
    int at = 12;
    while (query[at] != 0) {
      name.append(name.length() == 0 ? "" : ".").append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
      at += query[at] + 1;
    }
    int type = (query[at + 1] & 0xff) << 8 | query[at + 2] & 0xff;
    int end = at + 5;
    byte[] edns = query.length > end + 11 ? Arrays.copyOfRange(query, end + 11, query.length) : new byte[0];
    Question question = new Question(name.toString(), type, overTcp, edns, System.nanoTime());
    synchronized (this) {
      asked.add(question);
    }
    Reply reply = answers.apply(question);
    if (reply == null) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(query, 0, 2);
    out.write(0x84 | (reply.truncated ? 2 : 0));
    out.write(reply.code);
    for (int count : new int[] {1, reply.rows.size(), 0, reply.more.size()}) {
      out.write(count >> 8);
      out.write(count);
    }
    out.write(query, 12, end - 12);
    reply.rows.forEach(row -> row(out, row));
    reply.more.forEach(row -> row(out, row));
    byte[] bytes = out.toByteArray();
    return Arrays.copyOf(bytes, bytes.length - reply.garbled);
  }

  private static void row(ByteArrayOutputStream out, Row row) {
    out.writeBytes(name(row.name));
    out.write(0);
    out.write(row.type);
    out.write(0);
    out.write(1);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(row.ttl >> shift);
    }
    out.write(row.data.length >> 8);
    out.write(row.data.length);
    out.writeBytes(row.data);
  }

  private static byte[] name(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String label : name.split("\\.")) {
      out.write(label.length());
      out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.write(0);
    return out.toByteArray();
  }

  @Override
  public void close() {
    closed = true;
    udp.close();
    try {
      tcp.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
