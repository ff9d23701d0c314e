package io.tidegate.lab.sandbox;

import io.tidegate.cli.Sandbox;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Furnishes a configuration: the model of {@code TIDEGATE_MODEL} and real services found on this host first, emulators in processes of their own for
 * what is missing. The environment variable {@code TIDEGATE_SANDBOX} names a folder for their process ids and logs.
 */
public final class LabSandbox implements Sandbox {
  private static final String FOLDER = "TIDEGATE_SANDBOX";

  private static final String MODEL = "TIDEGATE_MODEL";

  private final List<AutoCloseable> started = new ArrayList<>();

  @Override
  public TidegateConfig furnish(TidegateConfig config, Map<String, String> environment) throws IOException {
    List<Upstream> upstreams = new ArrayList<>(config.upstreams());
    String folder = environment.get(FOLDER);
    String model = environment.getOrDefault(MODEL, "");
    if (!model.isEmpty() && !model.equals("none")) {
      ModelProcess process = ModelProcess.start(Path.of(model), Path.of(folder == null ? "." : folder), launcher());
      started.add(process);
      upstreams.add(process.upstream());
    }
    for (Upstream found : HostServices.find(environment)) {
      if (upstreams.stream().noneMatch(upstream -> upstream.name().equals(found.name()))) {
        upstreams.add(found);
      }
    }
    for (Zone zone : Zone.values()) {
      if (upstreams.stream().noneMatch(upstream -> upstream.zone() == zone)) {
        EmulatorProcess process = EmulatorProcess.start(zone, folder == null ? null : Path.of(folder));
        started.add(process);
        upstreams.add(process.upstream());
      }
    }
    return config.withUpstreams(upstreams);
  }

  private static String launcher() {
    return Path.of(System.getProperty("tidegate.home", "."), "bin", "tidegate").toString();
  }

  @Override
  public void close() {
    for (AutoCloseable process : started) {
      try {
        process.close();
      } catch (Exception e) {
        throw new IllegalStateException("a process of the sandbox did not end", e);
      }
    }
  }
}
