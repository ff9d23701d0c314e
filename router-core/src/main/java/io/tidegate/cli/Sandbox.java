package io.tidegate.cli;

import io.tidegate.config.TidegateConfig;
import java.io.IOException;
import java.util.Map;

/** Upstreams for a host that lacks some. The lab implements it and is found as a service, so the daemon's own jars know nothing of emulators. */
public interface Sandbox extends AutoCloseable {
  /**
   * Adds an upstream for each real model service found on this host, and an emulator, labelled so, for each zone that is still without one. What
   * {@code config} already has stays.
   *
   * @param environment of the process, for keys such as {@code DEEPSEEK_API_KEY}
   */
  TidegateConfig furnish(TidegateConfig config, Map<String, String> environment) throws IOException;

  /** Stops the emulators. */
  @Override
  void close();
}
