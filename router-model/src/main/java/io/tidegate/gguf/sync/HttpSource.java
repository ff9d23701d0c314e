package io.tidegate.gguf.sync;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A web server inside the private zone: loopback, RFC 1918 or fc00::/7. No proxy, no redirect, nothing about this host in the request. What comes is
 * trusted for its signature alone.
 */
public final class HttpSource implements Source {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ScheduledExecutorService WATCH = Executors.newSingleThreadScheduledExecutor(work -> {
    Thread thread = new Thread(work, "stalls");
    thread.setDaemon(true);
    return thread;
  });
  private static final int OK = 200;
  private static final int PARTIAL = 206;

  private final URI base;
  private final Duration patience;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).followRedirects(HttpClient.Redirect.NEVER)
      .proxy(new NoProxy()).version(HttpClient.Version.HTTP_1_1).build();

  /** @param base ends with a slash */
  public HttpSource(URI base) {
    this(base, PATIENCE);
  }

  /** @param patience for the head of an answer, and for each further piece: a source that stalls is one that was cut off */
  HttpSource(URI base, Duration patience) {
    this.base = base;
    this.patience = patience;
  }

  /** Gives up a read that takes too long. */
  private final class Impatient extends FilterInputStream {
    Impatient(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] to, int at, int length) throws IOException {
      ScheduledFuture<?> giveUp = WATCH.schedule(() -> {
        try {
          in.close();
        } catch (IOException e) {
          // The reader hears of it.
        }
      }, patience.toNanos(), TimeUnit.NANOSECONDS);
      try {
        return in.read(to, at, length);
      } finally {
        giveUp.cancel(false);
      }
    }
  }

  @Override
  public byte[] small(String file, int most) throws IOException {
    HttpResponse<InputStream> response = get(file, 0);
    try (InputStream in = new Impatient(response.body())) {
      expect(response, file, OK);
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(file + " is longer than " + most + " bytes");
      }
      return bytes;
    }
  }

  @Override
  public Part from(String file, long offset) throws IOException {
    HttpResponse<InputStream> response = get(file, offset);
    boolean partial = offset > 0 && response.statusCode() == PARTIAL
        && response.headers().firstValue("content-range").orElse("").startsWith("bytes " + offset + "-");
    if (!partial) {
      try {
        expect(response, file, OK);
      } catch (IOException e) {
        response.body().close();
        throw e;
      }
    }
    return new Part(new Impatient(response.body()), partial ? offset : 0);
  }

  private HttpResponse<InputStream> get(String file, long offset) throws IOException {
    URI uri = base.resolve(file);
    for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
      if (!isPrivate(address)) {
        throw new IOException("the source is not in the private zone: models come from loopback, RFC 1918 or fc00::/7 addresses only");
      }
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience);
    if (offset > 0) {
      request.header("Range", "bytes=" + offset + "-");
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void expect(HttpResponse<?> response, String file, int status) throws IOException {
    if (response.statusCode() != status) {
      throw new IOException("the source answered " + response.statusCode() + " for " + file);
    }
  }

  static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address.isLoopbackAddress() || bytes.length == 4 && address.isSiteLocalAddress() || bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
  }

  private static final class NoProxy extends ProxySelector {
    @Override
    public java.util.List<java.net.Proxy> select(URI uri) {
      return java.util.List.of(java.net.Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, java.net.SocketAddress address, IOException failure) {
      // There is none.
    }
  }
}
