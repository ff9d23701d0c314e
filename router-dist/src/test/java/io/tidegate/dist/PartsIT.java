package io.tidegate.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars: how many, which, and that the list of parts names exactly them. */
class PartsIT {
  private static final int MOST = 70;

  @TempDir static Path folder;
  private static Deb daemon;
  private static Deb model;
  private static JsonNode parts;

  @BeforeAll
  static void unpack() throws IOException {
    daemon = Deb.unpacked(Deb.built("tidegate"), folder.resolve("daemon"));
    model = Deb.unpacked(Deb.built("tidegate-model"), folder.resolve("model"));
    parts = new ObjectMapper().readTree(daemon.files().resolve("usr/share/doc/tidegate/tidegate.cdx.json").toFile());
  }

  @Test
  @DisplayName("decisions 26: at most 70 jars at run time")
  void fewJars() {
    assertThat(daemon.jars("usr/lib/tidegate/lib")).hasSizeLessThanOrEqualTo(MOST).hasSizeGreaterThan(30);
  }

  @Test
  @DisplayName("decisions 26: no class is in two jars, so the order of the class path never matters")
  void eachClassOnce() throws IOException {
    for (List<Path> jars : List.of(daemon.jars("usr/lib/tidegate/lib"), model.jars("usr/lib/tidegate/model/lib"))) {
      Map<String, String> where = new HashMap<>();
      List<String> twice = new ArrayList<>();
      for (Path jar : jars) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
          zip.stream().map(java.util.zip.ZipEntry::getName).filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/") && !name.endsWith("module-info.class"))
              .forEach(name -> {
                String before = where.put(name, jar.getFileName().toString());
                if (before != null) {
                  twice.add(name + " in " + before + " and " + jar.getFileName());
                }
              });
        }
      }
      assertThat(twice).isEmpty();
    }
  }

  @Test
  @DisplayName("issue 7, 6: the list of parts names every jar of both packages by its SHA-256, and nothing else")
  void listedExactly() throws IOException {
    Map<String, String> listed = new TreeMap<>();
    for (JsonNode component : parts.path("components")) {
      for (JsonNode hash : component.path("hashes")) {
        if (hash.path("alg").asText().equals("SHA-256")) {
          listed.put(hash.path("content").asText(), component.path("purl").asText());
        }
      }
    }
    Map<String, String> held = new TreeMap<>();
    for (Path jar : Stream.concat(daemon.jars("usr/lib/tidegate/lib").stream(), model.jars("usr/lib/tidegate/model/lib").stream()).toList()) {
      held.put(sha256(jar), jar.getFileName().toString());
    }
    Set<String> unlisted = new TreeSet<>();
    held.forEach((digest, name) -> {
      if (!listed.containsKey(digest)) {
        unlisted.add(name);
      }
    });
    Set<String> notHeld = new TreeSet<>();
    listed.forEach((digest, purl) -> {
      if (!held.containsKey(digest)) {
        notHeld.add(purl);
      }
    });
    assertThat(unlisted).as("jars that the list of parts does not name").isEmpty();
    assertThat(notHeld).as("parts that no package holds").isEmpty();
    assertThat(parts.path("components").size()).isEqualTo(listed.size());
  }

  @Test
  @DisplayName("issue 7, 6: each part has a name that others can look up, and its licence")
  void licensed() {
    List<String> without = new ArrayList<>();
    for (JsonNode component : parts.path("components")) {
      if (!component.path("purl").asText().startsWith("pkg:maven/") || component.path("licenses").isEmpty()) {
        without.add(component.path("name").asText());
      }
    }
    assertThat(without).isEmpty();
    assertThat(parts.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(parts.path("metadata").path("component").path("version").asText()).isEqualTo(System.getProperty("tidegate.version"));
  }

  @Test
  @DisplayName("issue 7, 6: the list of parts has nothing that a second build would say otherwise")
  void reproducible() {
    assertThat(parts.has("serialNumber")).isFalse();
    assertThat(parts.path("metadata").has("timestamp")).isFalse();
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
