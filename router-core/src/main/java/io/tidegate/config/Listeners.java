package io.tidegate.config;

import io.tidegate.model.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The daemon's own listeners, against each other and against where upstreams point. */
final class Listeners {
  private final Map<String, Own> byName = new LinkedHashMap<>();

  private record Own(Listen listen, Section section) {}

  void add(String name, Listen listen, Section section) {
    byName.forEach((otherName, other) -> {
      if (clash(other.listen, listen)) {
        // Where the file says something: a default is nobody's mistake.
        (section.has("listen") ? section : other.section).problem("listen",
            name + ".listen and " + otherName + ".listen are the same (" + listen + ")", "give each listener a port of its own");
      }
    });
    byName.put(name, new Own(listen, section));
  }

  /** Beyond this host, or with a certificate, a caller is known by a key or a rule for its certificate: without any, every request is refused. */
  static void needsCallers(Listen listen, TidegateConfig.@Nullable Tls tls, TidegateConfig.Identities callers, Section section) {
    boolean certificates = tls != null && tls.clientCa() != null;
    boolean known = callers.rules().keysConfigured() || certificates && !callers.rules().workloads().isEmpty();
    if (!listen.local() && !known) {
      section.problem("listen", "this address can be reached from other hosts, and nothing says who may ask",
          "set callers.keysFile, or tls.clientCa and callers.spiffe, or listen on 127.0.0.1");
    } else if (certificates && !known) {
      section.problem("tls", "callers must show a certificate, and nothing says who shows which", "set callers.spiffe or callers.keysFile, or remove clientCa");
    }
  }

  /** The admin side has no callers of its own (K7). */
  static void neverPublic(Listen listen, Section section) {
    if (!hidden(listen)) {
      section.problem("listen", "the admin listener must not be public", "listen on 127.0.0.1, a private address, or unix:/path");
    }
  }

  /** One that shows numbers only, and asks nobody who he is. */
  static void needsCertificates(Listen listen, Section section) {
    if (!hidden(listen)) {
      section.problem("listen", "the scaler's listener must not be public, nor on every address, unless it asks for certificates",
          "listen on the pod's private address, or set scaler.tls with clientCa");
    }
  }

  private static boolean hidden(Listen listen) {
    return listen.fold(tcp -> Networks.loopback(tcp.host())
        || Networks.literal(tcp.host()).map(address -> Networks.contain(Networks.PRIVATE, address)).orElse(false), unix -> true);
  }

  /** The listener that {@code address} leads to, if it is one of ours: a request would come back for ever. */
  Optional<String> own(Endpoint address) {
    for (Map.Entry<String, Own> listener : byName.entrySet()) {
      boolean same = listener.getValue().listen.fold(tcp -> !address.isUnix() && tcp.port() == address.port() && tcp.port() != 0
          && (meet(tcp.host(), address.host()) || wildcard(tcp.host()) && Networks.loopback(address.host())),
          unix -> address.isUnix() && unix.path().equals(Path.of(address.host())));
      if (same) {
        return Optional.of(listener.getKey());
      }
    }
    return Optional.empty();
  }

  private static boolean clash(Listen one, Listen other) {
    return one.fold(
        tcp -> other.fold(second -> tcp.port() == second.port() && tcp.port() != 0 && meet(tcp.host(), second.host()), unix -> false),
        unix -> other.fold(tcp -> false, second -> unix.path().equals(second.path())));
  }

  private static boolean meet(String one, String other) {
    return one.equals(other) || wildcard(one) || wildcard(other)
        || one.equals("localhost") && Networks.loopback(other) || other.equals("localhost") && Networks.loopback(one);
  }

  private static boolean wildcard(String host) {
    return Networks.literal(host).map(bytes -> {
      try {
        return InetAddress.getByAddress(bytes).isAnyLocalAddress();
      } catch (UnknownHostException impossible) {
        throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
      }
    }).orElse(false);
  }
}
