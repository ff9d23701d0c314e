package io.tidegate.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.tidegate.config.Listen;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Asks the admin listener, over TCP or its Unix socket, past every proxy setting. Blocking, at most 5 s, or what a caller grants. */
final class AdminClient {
  private static final int MAX_BYTES = 16 << 20;
  private static final int SECONDS = 5;
  private final Listen admin;

  AdminClient(Listen admin) {
    this.admin = admin;
  }

  /** A whole answer. */
  record Answer(int status, String body) {}

  /** Somebody answers, and not as the admin listener does. */
  private static final class Unusable extends IOException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /** Says that nobody answers, or that the answer cannot be used, and gives the exit code. */
  static int nobody(Terminal terminal, Listen admin, IOException unreachable) {
    if (unreachable instanceof Unusable || unreachable instanceof JsonProcessingException) {
      // Jackson's message quotes what it read.
      terminal.err().println("what answers at " + admin + " cannot be used: " + (unreachable instanceof Unusable ? unreachable.getMessage() : "it is no JSON")
          + ". Fix: name the daemon's admin.listen with --config or --set");
      return Exit.FOUND;
    }
    terminal.err().println("no daemon answers at " + admin + " (" + unreachable.getClass().getSimpleName()
        + "). Fix: start it, or name its admin.listen with --config or --set");
    return Exit.FOUND;
  }

  Answer get(String path) throws IOException {
    return ask("GET", path, SECONDS, null);
  }

  /** The body of a page that is there. */
  String page(String path) throws IOException {
    Answer answer = get(path);
    if (answer.status() != 200) {
      throw new Unusable(path + " answers with status " + answer.status());
    }
    return answer.body();
  }

  /** Without a body. @param key of an operator; null for none */
  Answer post(String path, int seconds, @Nullable String key) throws IOException {
    return ask("POST", path, seconds, key);
  }

  private Answer ask(String method, String path, int seconds, @Nullable String key) throws IOException {
    SocketAddress address = admin.fold(tcp -> new InetSocketAddress(tcp.host(), tcp.port()), unix -> UnixDomainSocketAddress.of(unix.path()));
    try (SocketChannel channel = admin.fold(tcp -> true, unix -> false) ? SocketChannel.open()
        : SocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      CompletableFuture<Answer> answer = CompletableFuture.supplyAsync(() -> {
        try {
          channel.connect(address);
          return exchange(channel, method, path, key);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
      return answer.get(seconds, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw new InterruptedIOException("no answer within " + seconds + " s");
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof java.io.UncheckedIOException unchecked ? unchecked.getCause() : new IOException(failed.getCause());
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static Answer exchange(SocketChannel channel, String method, String path, @Nullable String key) throws IOException {
    String proof = key == null ? "" : "Authorization: Bearer " + key + "\r\n";
    channel.write(ByteBuffer.wrap((method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + proof + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer bytes = ByteBuffer.allocate(64 << 10);
    while (channel.read(bytes) >= 0) {
      if (!bytes.hasRemaining()) {
        if (bytes.capacity() >= MAX_BYTES) {
          throw new Unusable("the answer is longer than " + MAX_BYTES + " bytes");
        }
        bytes = ByteBuffer.allocate(bytes.capacity() * 2).put(bytes.flip());
      }
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0 || !text.startsWith("HTTP/1.1 ") || text.length() < 12) {
      throw new Unusable("it is not an answer of the admin listener");
    }
    try {
      return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(end + 4));
    } catch (NumberFormatException noStatus) {
      throw new Unusable("it is not an answer of the admin listener");
    }
  }
}
