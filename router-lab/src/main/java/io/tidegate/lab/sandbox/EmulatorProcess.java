package io.tidegate.lab.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.lab.LabMain;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One emulated upstream in a process of its own, so that killing it looks to the daemon like the death of a real one. It ends with this
 * process. Given a folder, it leaves its process id there in {@code SIDE.pid} while it runs, and a line per model call in {@code SIDE.log}.
 */
final class EmulatorProcess implements AutoCloseable {
  private static final Cidr LOOPBACK = Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8");

  private final Process process;
  private final Upstream upstream;

  private EmulatorProcess(Process process, Upstream upstream) {
    this.process = process;
    this.upstream = upstream;
  }

  /** @param folder for the process id and the log; null for neither */
  static EmulatorProcess start(Zone zone, @Nullable Path folder) throws IOException {
    String side = zone.name().toLowerCase(Locale.ROOT);
    // Ctrl-C goes to every process of the terminal: the daemon still needs its upstreams for what is in flight, and ends them itself.
    List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "emulator",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), LabMain.class.getName(), "--" + side + "-port", "0", "--print-config",
        "--log-calls", "--with-parent"));
    ProcessBuilder.Redirect log = ProcessBuilder.Redirect.DISCARD;
    if (folder != null) {
      log = ProcessBuilder.Redirect.to(Files.createDirectories(folder).resolve(side + ".log").toFile());
      command.addAll(List.of("--pid-file", folder.resolve(side + ".pid").toString()));
    }
    Process process = new ProcessBuilder(command).redirectError(log).start();
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      process.destroyForcibly();
      throw new IOException("the emulator of the " + side + " side did not start");
    }
    JsonNode told = new ObjectMapper().readTree(line).get(side);
    List<String> models = new ArrayList<>();
    told.get("models").forEach(model -> models.add(model.textValue()));
    int port = told.get("port").intValue();
    String name = "emulated-" + told.get("dialect").textValue();
    return new EmulatorProcess(process, new Upstream(name, zone, zone == Zone.PRIVATE ? Dialect.VLLM : Dialect.DEEPSEEK, models, models.get(0), Map.of(),
        zone == Zone.PRIVATE, true, "/v1", List.of(LOOPBACK), null, null, zone == Zone.PRIVATE,
        List.of(new Endpoint(name, "127.0.0.1:" + port, "127.0.0.1", port, 1, false)), null, Duration.ofSeconds(1), 256));
  }

  Upstream upstream() {
    return upstream;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
