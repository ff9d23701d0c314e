package io.tidegate.daemon.reload;

import io.tidegate.config.TidegateConfig;
import io.tidegate.net.SwitchedTls;
import io.tidegate.net.TlsFiles;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The certificates of the listeners that have one, by the listener's name. Read all, and then put in force all or none. */
public final class ListenerTls {
  private final Map<String, SwitchedTls> inForce = new LinkedHashMap<>();

  private ListenerTls() {}

  /**
   * At the start. Blocking.
   *
   * @throws IOException with what is wrong. A certificate that is over is taken, as it was before: that is told by its metric
   */
  public static ListenerTls open(TidegateConfig config) throws IOException {
    ListenerTls all = new ListenerTls();
    for (Map.Entry<String, TidegateConfig.Tls> each : wanted(config).entrySet()) {
      all.inForce.put(each.getKey(), new SwitchedTls(read(each.getKey(), each.getValue(), null)));
    }
    return all;
  }

  /** Null for a listener in plain text. */
  public @Nullable SwitchedTls of(String listener) {
    return inForce.get(listener);
  }

  /** Reads what {@code config} names; nothing is in force yet. @throws IOException with what is wrong and where */
  Map<String, TlsFiles> read(TidegateConfig config, Instant now) throws IOException {
    Map<String, TlsFiles> read = new LinkedHashMap<>();
    for (Map.Entry<String, TidegateConfig.Tls> each : wanted(config).entrySet()) {
      if (inForce.containsKey(each.getKey())) {
        read.put(each.getKey(), read(each.getKey(), each.getValue(), now));
      }
    }
    return read;
  }

  void use(Map<String, TlsFiles> read) {
    read.forEach((listener, files) -> {
      SwitchedTls switched = inForce.get(listener);
      if (switched != null) {
        switched.use(files);
      }
    });
  }

  /** Each listener with a certificate, and what it shows now. */
  public void each(BiConsumer<String, SwitchedTls> task) {
    inForce.forEach(task);
  }

  private static TlsFiles read(String listener, TidegateConfig.Tls tls, @Nullable Instant now) throws IOException {
    try {
      return TlsFiles.read(tls.certificate(), tls.key(), tls.clientCa(), true, now);
    } catch (IOException wrong) {
      throw new IOException(listener + ".tls: " + wrong.getMessage(), wrong);
    }
  }

  private static Map<String, TidegateConfig.Tls> wanted(TidegateConfig config) {
    Map<String, TidegateConfig.Tls> wanted = new LinkedHashMap<>();
    put(wanted, "http", config.http().tls());
    put(wanted, "grpc", config.grpc().tls());
    put(wanted, "scaler", config.scaling().tls());
    return wanted;
  }

  private static void put(Map<String, TidegateConfig.Tls> wanted, String listener, TidegateConfig.@Nullable Tls tls) {
    if (tls != null) {
      wanted.put(listener, tls);
    }
  }
}
