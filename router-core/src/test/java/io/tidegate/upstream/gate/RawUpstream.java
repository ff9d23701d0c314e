package io.tidegate.upstream.gate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;

/** An HTTP/1.1 server that counts every byte it is sent and answers by script, byte for byte, one thread per connection. */
final class RawUpstream implements AutoCloseable {
  static final String ANSWER = "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
      + "\"message\":{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
      + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}";

  /** Answers one request. */
  interface Script {
    void answer(Turn turn) throws IOException;
  }

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  final AtomicLong bytesReceived = new AtomicLong();
  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();
  final List<String> requests = new CopyOnWriteArrayList<>();

  RawUpstream(Script script) {
    this(ServerSocketFactory.getDefault(), script);
  }

  RawUpstream(ServerSocketFactory sockets, Script script) {
    this(sockets, "127.0.0.1", script);
  }

  RawUpstream(ServerSocketFactory sockets, String address, Script script) {
    this.script = script;
    try {
      this.server = sockets.createServerSocket(0, 50, InetAddress.getByName(address));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    Thread thread = new Thread(this::accept, "raw-upstream");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!closed) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        if (closed) {
          // Accepted while it was being closed: whoever walked the open ones did not see it.
          socket.close();
        }
        int number = connections.incrementAndGet();
        Thread thread = new Thread(() -> serve(socket, number), "raw-upstream-" + number);
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      InputStream in = socket.getInputStream();
      for (int request = 1; ; request++) {
        String text = read(in);
        if (text.isEmpty()) {
          return;
        }
        requests.add(text);
        Turn turn = new Turn(socket, number, request, text);
        script.answer(turn);
        if (turn.close) {
          return;
        }
      }
    } catch (IOException e) {
      // The other side left: what the test wants to see is in the counters.
    } finally {
      open.remove(socket);
      ended.incrementAndGet();
    }
  }

  /** One whole request; empty at the end. */
  private String read(InputStream in) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    int headEnd = -1;
    int length = 0;
    while (headEnd < 0 || text.size() < headEnd + length) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      bytesReceived.incrementAndGet();
      text.write(b);
      if (headEnd < 0 && b == '\n') {
        String head = text.toString(StandardCharsets.ISO_8859_1);
        if (head.endsWith("\r\n\r\n")) {
          headEnd = text.size();
          int at = head.indexOf("Content-Length: ");
          length = at < 0 ? 0 : Integer.parseInt(head.substring(at + 16, head.indexOf('\r', at)));
        }
      }
    }
    return text.toString(StandardCharsets.UTF_8);
  }

  /** One request and the means to answer it. */
  static final class Turn {
    final Socket socket;
    final int connection;
    final int number;
    final String request;
    boolean close;

    Turn(Socket socket, int connection, int number, String request) {
      this.socket = socket;
      this.connection = connection;
      this.number = number;
      this.request = request;
    }

    void send(String text) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(text.getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    void json(int status, String body) throws IOException {
      json(status, body, "");
    }

    void json(int status, String body, String headers) throws IOException {
      send("HTTP/1.1 " + status + " X\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
          + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
    }

    void streamHead() throws IOException {
      send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n");
    }

    void chunk(String text) throws IOException {
      send(Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
    }

    void event(String content, boolean last) throws IOException {
      chunk(GateRig.event(content, last));
    }

    void lastChunk() throws IOException {
      send("0\r\n\r\n");
    }

    /** Resets rather than closes. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
      close = true;
    }

    /** Waits until the other side closes; false if it does not within {@code millis}. */
    boolean clientLeaves(int millis) {
      try {
        socket.setSoTimeout(millis);
        return socket.getInputStream().read() < 0;
      } catch (java.net.SocketTimeoutException e) {
        return false;
      } catch (IOException e) {
        return true;
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      server.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
