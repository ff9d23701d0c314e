package io.tidegate.config;

import io.tidegate.admission.Callers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A machine with the files and variables that the test configurations refer to. */
final class FakeEnvironment implements Environment {
  private static final String PUBLIC_KEY = "MCowBQYDK2VwAyEA5/kLKfviF2kVWD0AyI0/4IcfdrP3zgrPLpqyKWRK0zs=";

  private final Map<String, String> variables = new TreeMap<>();
  private final Map<Path, byte[]> files = new TreeMap<>();
  private final Set<Path> open = new HashSet<>();

  FakeEnvironment() {
    variable("DEEPSEEK_API_KEY", "CANARY-deepseek").variable("CONSUL_TOKEN", "CANARY-consul").variable("EMPTY", " ")
        .variable("CREDENTIALS_DIRECTORY", "/run/credentials/tidegate.service").file("/run/credentials/tidegate.service/vllm-key", "CANARY-vllm\n");
    for (String name : new String[] {"tls.crt", "tls.key", "clients.crt", "keda.crt", "consul.crt", "models.crt", "open.key", "two-lines", "consul.token", "consul-client.crt", "consul-client.key",
        "redis-ca.pem", "redis.password", "warm-up.jsonl", "otlp.token"}) {
      file("/etc/tidegate/" + name, name.equals("two-lines") ? "CANARY-a\nCANARY-b\n" : "CANARY-" + name);
    }
    file("/etc/tidegate/cache.key", "CANARY-cache-key-0123456789abcdef\n");
    file("/etc/tidegate/keyring.yaml", "keys:\n  - {id: alice, publicKey: " + PUBLIC_KEY + ", from: 2026-01-01, until: 2027-12-31}\n");
    file("/etc/tidegate/keys", "hospital:radiology:" + Callers.hashOf("one") + "\n").file("/etc/tidegate/open.keys", "a:b:" + Callers.hashOf("two") + "\n");
    file("/etc/tidegate/operators", "operators:alice:" + Callers.hashOf("three") + "\n");
    file("/etc/passwd", "root:x:0:0::/root:/bin/sh\nradiology:x:1007:1007::/home/r:/bin/sh\n");
    open("/etc/tidegate/open.key").open("/etc/tidegate/open.keys");
  }

  FakeEnvironment variable(String name, String value) {
    variables.put(name, value);
    return this;
  }

  FakeEnvironment file(String path, String text) {
    files.put(Path.of(path), text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  FakeEnvironment open(String path) {
    open.add(Path.of(path));
    return this;
  }

  /** Puts a configuration where tests load it from. */
  Path config(String text) {
    file("tidegate.yaml", text);
    return Path.of("tidegate.yaml");
  }

  @Override
  public Map<String, String> variables() {
    return variables;
  }

  @Override
  public byte[] read(Path path, int maxBytes) throws IOException {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new NoSuchFileException(path.toString());
    }
    if (bytes.length > maxBytes) {
      throw new IOException("too long");
    }
    return bytes.clone();
  }

  @Override
  public boolean openToOthers(Path path, boolean writing) {
    return open.contains(path);
  }
}
