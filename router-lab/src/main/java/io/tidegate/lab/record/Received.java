package io.tidegate.lab.record;

import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * All an emulator received since it started or since {@link #clear}. Safe for any thread; writers are the event loops.
 *
 * <p>Kept are the plain bytes of each connection (after TLS, before any parsing, so that bytes no parser accepts are there too) and each
 * decoded request (HTTP/2 compresses header fields; a text in one would not be found in the connection's bytes). Both count towards the
 * limit. Past the limit the record is void: every query but the counts throws {@link RecordOverflow}, and {@link #accepts} is false.
 */
public final class Received {
  private static final int HELLO_BYTES = 4096;
  private final boolean keeping;
  private final long limitBytes;
  private final AtomicLong socketBytes = new AtomicLong();
  private final AtomicLong requestBytes = new AtomicLong();
  private final AtomicLong keptBytes = new AtomicLong();
  private final AtomicLong requestNumbers = new AtomicLong();
  private final AtomicLong modelCalls = new AtomicLong();
  private final AtomicInteger connectionNumbers = new AtomicInteger();
  private final AtomicInteger openConnections = new AtomicInteger();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final List<ByteLog> logs = new ArrayList<>();
  private final Map<Integer, ByteLog> hellos = new HashMap<>();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final List<Cancellation> cancellations = new CopyOnWriteArrayList<>();
  private volatile boolean full;
  private volatile Consumer<Request> listener = request -> { };

  /**
   * @param keeping false: only count (a long-running sandbox); then content cannot be asked for
   * @param limitBytes most bytes kept
   */
  public Received(boolean keeping, long limitBytes) {
    this.keeping = keeping;
    this.limitBytes = limitBytes;
  }

  // ---- asked by tests

  /** Bytes read from sockets, TLS handshakes included: 0 means that nobody even said hello. */
  public long bytesReceived() {
    return socketBytes.get();
  }

  /** Bytes of decoded requests: heads as HTTP/1.1 would spell them, and bodies. */
  public long requestBytes() {
    return requestBytes.get();
  }

  /** Requests that were received whole, probes included. */
  public long requestCount() {
    synchronized (requests) {
      return requestNumbers.get();
    }
  }

  /** Of these the POSTs. */
  public long modelCalls() {
    return modelCalls.get();
  }

  public List<ReceivedRequest> requests() {
    checkUsable();
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** Connections ever accepted. */
  public int connections() {
    return connectionNumbers.get();
  }

  public int openConnections() {
    return openConnections.get();
  }

  /** Requests whose answer is not complete and whose client has not left. */
  public int inFlight() {
    return inFlight.get();
  }

  /** Clients that left before their answer was complete, oldest first; none where only counts are kept. */
  public List<Cancellation> cancellations() {
    return List.copyOf(cancellations);
  }

  /** Whether the bytes occur in any one connection or any one request. */
  public boolean contains(byte[] needle) {
    if (needle.length == 0) {
      throw new IllegalArgumentException("an empty text is everywhere");
    }
    boolean[] found = new boolean[1];
    forEachText(text -> found[0] |= indexOf(text, needle) >= 0);
    return found[0];
  }

  /** Shows every kept byte string (connections, what came before TLS, then requests) once; used by searches for many texts. */
  public void forEachText(Consumer<byte[]> reader) {
    checkUsable();
    List<ByteLog> some;
    synchronized (logs) {
      some = new ArrayList<>(logs);
      some.addAll(hellos.values());
    }
    for (ByteLog log : some) {
      reader.accept(log.copy());
    }
    for (ReceivedRequest request : requests()) {
      reader.accept(spelled(request.request()));
    }
  }

  /** Forgets what was received so far; open connections go on being recorded. Not for use while requests arrive. */
  public void clear() {
    synchronized (logs) {
      logs.replaceAll(log -> new ByteLog());
      hellos.clear();
    }
    synchronized (requests) {
      requests.clear();
    }
    cancellations.clear();
    socketBytes.set(0);
    requestBytes.set(0);
    keptBytes.set(0);
    requestNumbers.set(0);
    modelCalls.set(0);
    full = false;
  }

  // ---- told by connections

  /** Whether more may come in; false once the record is full. */
  public boolean accepts() {
    return !full;
  }

  /** A connection was accepted. Returns its number, from 1. */
  public int opened() {
    openConnections.incrementAndGet();
    if (keeping) {
      synchronized (logs) {
        logs.add(new ByteLog());
        return connectionNumbers.incrementAndGet();
      }
    }
    return connectionNumbers.incrementAndGet();
  }

  public void closed() {
    openConnections.decrementAndGet();
  }

  /** Bytes came off a socket, whatever they mean. */
  public void raw(int bytes) {
    socketBytes.addAndGet(bytes);
  }

  /** Bytes of a connection before TLS, in order; what comes after a hello's length is sealed, and not kept. */
  public void beforeTls(int connection, byte[] bytes) {
    if (!keeping || !take(Math.min(bytes.length, HELLO_BYTES))) {
      return;
    }
    ByteLog log;
    synchronized (logs) {
      log = hellos.computeIfAbsent(connection, unused -> new ByteLog());
    }
    if (log.length() < HELLO_BYTES) {
      log.append(bytes);
    }
  }

  /** Plain bytes of a connection, in order. */
  public void plain(int connection, byte[] bytes) {
    if (!keeping || !take(bytes.length)) {
      return;
    }
    ByteLog log;
    synchronized (logs) {
      log = logs.get(connection - 1);
    }
    log.append(bytes);
  }

  /** Shows each request that is received whole from now on, on its connection's loop. */
  public void onRequest(Consumer<Request> listener) {
    this.listener = listener;
  }

  /** A request was received whole. Returns its number, from 1. */
  public long request(int connection, boolean http2, Request request) {
    int size = spelled(request).length;
    boolean kept = keeping && take(size);
    requestBytes.addAndGet(size);
    long number;
    // Whoever sees the count sees the request, too.
    synchronized (requests) {
      number = requestNumbers.incrementAndGet();
      if (kept) {
        requests.add(new ReceivedRequest(number, connection, http2, System.nanoTime(), request));
      }
    }
    if (request.method().equals("POST")) {
      modelCalls.incrementAndGet();
    }
    listener.accept(request);
    return number;
  }

  public void began() {
    inFlight.incrementAndGet();
  }

  /** An answer is over; {@code cancelled} if the client left first. */
  public void finished(long request, boolean cancelled) {
    inFlight.decrementAndGet();
    if (cancelled && keeping) {
      cancellations.add(new Cancellation(request, System.nanoTime()));
    }
  }

  /** What began turned out not to be a request of its own. */
  public void discarded() {
    inFlight.decrementAndGet();
  }

  private boolean take(int bytes) {
    if (keptBytes.addAndGet(bytes) > limitBytes) {
      full = true;
    }
    return !full;
  }

  private void checkUsable() {
    if (!keeping) {
      throw new RecordOverflow("this emulator only counts; start it with recording(true)");
    }
    if (full) {
      throw new RecordOverflow("more than " + limitBytes + " bytes were received; nothing can be proven from this record");
    }
  }

  private static byte[] spelled(Request request) {
    StringBuilder head = new StringBuilder(256).append(request.method()).append(' ').append(request.path());
    if (!request.query().isEmpty()) {
      head.append('?').append(request.query());
    }
    head.append(" HTTP/1.1\r\n");
    for (Field field : request.fields()) {
      head.append(field.name()).append(": ").append(field.value()).append("\r\n");
    }
    byte[] top = head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    byte[] all = java.util.Arrays.copyOf(top, top.length + request.body().length);
    System.arraycopy(request.body(), 0, all, top.length, request.body().length);
    return all;
  }

  static int indexOf(byte[] text, byte[] needle) {
    byte first = needle[0];
    for (int i = 0; i <= text.length - needle.length; i++) {
      if (text[i] == first && java.util.Arrays.equals(text, i, i + needle.length, needle, 0, needle.length)) {
        return i;
      }
    }
    return -1;
  }
}
