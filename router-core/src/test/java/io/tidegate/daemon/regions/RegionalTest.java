package io.tidegate.daemon.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.RegionsConfig;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.regions.Sources.Source;
import io.tidegate.discovery.Endpoints;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegionalTest {
  @TempDir
  Path folder;

  private int edits;

  private Path write(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("regions.txt"), text);
    return Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000L + 2_000L * ++edits));
  }

  private TidegateConfig config(String more) throws IOException {
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), """
        region: east
        consul: {}
        regions:
          list: [{name: east, datacenter: dc1, networks: [10.1.0.0/16]}, {name: west, datacenter: dc2}]
          proxies: [10.9.0.1]
          table: %s
        upstreams:
          - {name: llm, zone: private, dialect: vllm, consulService: llm, networks: [10.0.0.0/8]%s}
        """.formatted(folder.resolve("regions.txt"), more));
    ConfigLoader.Loaded read = ConfigLoader.load(file, Environment.empty());
    return read.config().orElseThrow(() -> new AssertionError(read.problems()));
  }

  private Regional open() throws IOException {
    TidegateConfig config = config("");
    return Regional.open(config, Objects.requireNonNull(config.regions()));
  }

  private static String region(Regional regional, String host, String forwarded) {
    return regional.region(new InetSocketAddress(host, 1), forwarded);
  }

  @Test
  @DisplayName("R3.1 a table that changes is read again once it is still; one with a mistake changes nothing and is counted")
  void reload() throws IOException {
    write("10.1.0.0/16 east\n10.2.0.0/16\twest # the branch\n2001:db8::/32, west\n");
    try (Regional regional = open()) {
      assertThat(region(regional, "10.1.9.9", null)).isEqualTo("east");
      assertThat(region(regional, "2001:db8::7", null)).isEqualTo("west");
      assertThat(region(regional, "192.0.2.1", null)).isEmpty();
      assertThat(region(regional, "192.0.2.1", "10.1.0.1")).as("from a stranger").isEmpty();
      assertThat(region(regional, "10.9.0.1", "192.0.2.1, 10.2.0.1")).isEqualTo("west");
      assertThat(regional.region(null, null)).isEmpty();
      write("10.0.0.0/8 west\n");
      regional.look();
      assertThat(region(regional, "10.1.9.9", null)).as("somebody may still be writing").isEqualTo("east");
      regional.look();
      assertThat(region(regional, "10.1.9.9", null)).isEqualTo("west");
      write("10.0.0.0/8 mars\n");
      regional.look();
      regional.look();
      regional.look();
      assertThat(region(regional, "10.1.9.9", null)).isEqualTo("west");
      assertThat(regional.failures()).isEqualTo(1);
      Files.delete(folder.resolve("regions.txt"));
      regional.look();
      regional.look();
      assertThat(region(regional, "10.1.9.9", null)).isEqualTo("west");
      write("10.1.0.0/16 east\n");
      regional.look();
      regional.look();
      assertThat(region(regional, "10.1.9.9", null)).isEqualTo("east");
      assertThat(regional.prefixes()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @DisplayName("R3.1 at the start the table must be good: what is wrong is named with its line")
  @ValueSource(strings = {"10.1.0.0/16 mars", "10.1.0.1/16 east", "10.1.0.0/33 east", "example.com east", "10.1.0.0/16", "10.1.0.0/16 east west",
      "10.1.0.0/16 east\n10.1.0.0/16 west", "10.1.0.0/x east", "/8 east", "fe80::1%eth0/64 east"})
  void broken(String text) throws IOException {
    write("# nothing\n" + text + "\n");
    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("regions.txt:" + (text.indexOf('\n') < 0 ? 2 : 3));
  }

  @Test
  @DisplayName("R3.3 K2 a service is followed in each region's datacenter, within its networks; what is found there says so, and an address counts once")
  void sources() throws IOException {
    write("");
    TidegateConfig config = config("");
    Upstream upstream = config.upstreams().get(0);
    List<Source> sources = Sources.of(config, upstream);
    assertThat(sources).extracting(Source::place).containsExactly("llm@east", "llm@west");
    assertThat(sources).extracting(Source::datacenter).containsExactly("dc1", "dc2");
    assertThat(sources.get(0).upstream().networks()).extracting(Object::toString).containsExactly("10.1.0.0/16");
    assertThat(Sources.regions(config, upstream)).containsExactly("east", "west");
    List<List<Endpoint>> told = new ArrayList<>();
    FoundEndpoints found = new FoundEndpoints(config.upstreams(), (name, list) -> told.add(list));
    Endpoints east = found.of(sources.get(0), "consul");
    Endpoints west = found.of(sources.get(1), "consul");
    west.replace("llm", List.of(new Endpoint("llm", "n1/a", "10.1.0.5", 80, 3, true), new Endpoint("llm", "n1/b", "10.2.0.5", 80, 1, true)));
    east.replace("llm", List.of(new Endpoint("llm", "n1/a", "10.1.0.5", 80, 1, true)));
    assertThat(told.get(1)).extracting(Endpoint::id, Endpoint::place).containsExactly(org.assertj.core.groups.Tuple.tuple("east/n1/a", "llm@east"),
        org.assertj.core.groups.Tuple.tuple("west/n1/b", "llm@west"));
    west.replace("llm", List.of());
    assertThat(told.get(2)).extracting(Endpoint::id).containsExactly("east/n1/a");
    RegionsConfig regions = Objects.requireNonNull(config.regions());
    assertThat(regions.region("west")).isPresent();
  }
}
