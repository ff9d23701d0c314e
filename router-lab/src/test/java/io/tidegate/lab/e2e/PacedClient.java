package io.tidegate.lab.e2e;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks at a fixed pace over a few kept connections, whatever the answers do: a late answer delays no later question's clock, so that a pause shows in
 * every question it held up. Small on purpose: it shares the machine with what it measures.
 */
final class PacedClient implements AutoCloseable {
  private static final int CONNECTIONS = 8;

  private final int port;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();
  private final ConcurrentLinkedQueue<Asked> answers = new ConcurrentLinkedQueue<>();
  private volatile boolean stop;

  /** One question's fate; {@code status} 0 for none. */
  record Asked(int status, String id, String policy, long dueNanos, long endNanos) {
    double millis() {
      return (endNanos - dueNanos) / 1e6;
    }
  }

  PacedClient(int port, int perSecond) {
    this.port = port;
    long begin = System.nanoTime();
    long gap = 1_000_000_000L / perSecond;
    for (int i = 0; i < CONNECTIONS; i++) {
      Thread thread = new Thread(() -> ask(begin, gap), "paced-" + i);
      threads.add(thread);
      thread.start();
    }
  }

  private void ask(long begin, long gap) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      InputStream in = new BufferedInputStream(socket.getInputStream(), 16 << 10);
      while (!stop) {
        int number = next.getAndIncrement();
        long due = begin + number * gap;
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        byte[] body = ("{\"model\":\"auto\",\"temperature\":1,\"messages\":[{\"role\":\"user\",\"content\":\"Sort the list number " + number + "\"}]}")
            .getBytes(StandardCharsets.UTF_8);
        byte[] head = ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
        byte[] both = new byte[head.length + body.length];
        System.arraycopy(head, 0, both, 0, head.length);
        System.arraycopy(body, 0, both, head.length, body.length);
        socket.getOutputStream().write(both);
        answers.add(answer(in, due));
      }
    } catch (IOException broken) {
      answers.add(new Asked(0, "", "", System.nanoTime(), System.nanoTime()));
    }
  }

  private static Asked answer(InputStream in, long due) throws IOException {
    int status = Integer.parseInt(line(in).substring(9, 12));
    int length = 0;
    String id = "";
    String policy = "";
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      String value = line.substring(colon + 1).strip();
      switch (line.substring(0, colon).toLowerCase(java.util.Locale.ROOT)) {
        case "content-length" -> length = Integer.parseInt(value);
        case "x-tidegate-request-id" -> id = value;
        case "x-tidegate-policy" -> policy = value;
        default -> { }
      }
    }
    if (in.readNBytes(length).length < length) {
      throw new IOException("cut short");
    }
    return new Asked(status, id, policy, due, System.nanoTime());
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** All answers so far. */
  List<Asked> answers() {
    return List.copyOf(answers);
  }

  @Override
  public void close() throws InterruptedException {
    stop = true;
    for (Thread thread : threads) {
      thread.join(30_000);
    }
  }
}
