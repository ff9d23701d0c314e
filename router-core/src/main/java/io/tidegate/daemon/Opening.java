package io.tidegate.daemon;

import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.net.Door;
import java.io.IOException;
import java.util.Locale;

/** Opens a listener, the file of a Unix socket included; one that cannot be opened is named, with what to do. Blocking. */
final class Opening {
  /** What opens a listener at its door, and what comes of it. */
  @FunctionalInterface
  interface Opens<T> {
    T at(Door door) throws IOException;
  }

  /** The same where nothing comes of it. */
  @FunctionalInterface
  interface Starts {
    void at(Door door) throws IOException;
  }

  private Opening() {}

  static void listener(String key, Door door, Listen listen, Starts starts) throws StartFailure {
    opened(key, door, listen, at -> {
      starts.at(at);
      return true;
    });
  }

  static <T> T opened(String key, Door door, Listen listen, Opens<T> opens) throws StartFailure {
    try {
      SocketFile.clear(door, listen);
      T opened = opens.at(door);
      SocketFile.open(door, listen);
      return opened;
    } catch (IOException e) {
      throw new StartFailure(said(key, listen, e), e);
    }
  }

  /** Where the three listeners wait: the port that was opened, or the path of the Unix socket. */
  static String ready(TidegateConfig config, int http, int grpc, int admin) {
    return "http " + shown(http, config.http().listen()) + ", grpc " + shown(grpc, config.grpc().listen()) + ", admin " + shown(admin, config.admin().listen());
  }

  private static String shown(int port, Listen listen) {
    return listen.fold(tcp -> Integer.toString(port), Listen.Unix::toString);
  }

  /** Names the setting, the address and the fix; the kernel's word is at the end of the causes. */
  static String said(String key, Listen listen, IOException failure) {
    Throwable last = failure;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    String why = String.valueOf(last.getMessage());
    String lower = why.toLowerCase(Locale.ROOT);
    if (lower.contains("address already in use")) {
      return key + ": " + listen + " is in use. Fix: stop what listens there ('ss -ltnp' names it; is a daemon running already?), or set " + key
          + " to another address";
    }
    if (lower.contains("cannot assign requested address")) {
      return key + ": no network interface of this host has the address of " + listen + ". Fix: 'ip address' lists those there are; correct " + key;
    }
    if (lower.contains("permission denied") || failure instanceof java.nio.file.AccessDeniedException) {
      return key + ": this user may not listen at " + listen + ". Fix: use a port from 1024 on, or a directory of the daemon's own user";
    }
    return key + ": cannot listen at " + listen + ": " + why + ". Fix: correct " + key;
  }
}
