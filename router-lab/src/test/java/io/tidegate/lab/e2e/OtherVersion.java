package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * Another version of the packaged daemon: this one's sources with changes, compiled, in a copy of its folder. A change that no longer fits the sources is an
 * error.
 */
final class OtherVersion {
  private final Map<String, String> sources = new LinkedHashMap<>();

  /** @param file below io/tidegate; {@code old} stands there once */
  OtherVersion with(String file, String old, String changed) throws IOException {
    String text = sources.getOrDefault(file, "");
    if (text.isEmpty()) {
      text = Files.readString(TestBed.root().resolve("router-core/src/main/java/io/tidegate").resolve(file));
    }
    assertThat(text.split(java.util.regex.Pattern.quote(old), -1)).as("%s holds once: %s", file, old).hasSize(2);
    sources.put(file, text.replace(old, changed));
    return this;
  }

  /** The version's folder, with bin/tidegate in it. */
  Path build(Path folder) throws IOException {
    Path original = Supervisor.launcher().getParent().getParent();
    Path own = Files.createDirectories(folder);
    Path lib = Files.createDirectory(own.resolve("lib"));
    Files.createDirectory(own.resolve("bin"));
    Files.copy(Supervisor.launcher(), own.resolve("bin/tidegate"), StandardCopyOption.COPY_ATTRIBUTES);
    Path core = null;
    // Needed to compile, and no part of the package.
    List<String> classPath = new ArrayList<>(List.of(Path.of(uri(Nullable.class)).toString()));
    try (Stream<Path> jars = Files.list(original.resolve("lib")).filter(file -> file.toString().endsWith(".jar"))) {
      for (Path jar : jars.toList()) {
        classPath.add(jar.toString());
        Path here = lib.resolve(jar.getFileName().toString());
        if (jar.getFileName().toString().startsWith("router-core-")) {
          core = Files.copy(jar, here);
        } else {
          linked(jar, here);
        }
      }
    }
    assertThat(core).as("the daemon's own jar").isNotNull();
    Path written = Files.createDirectory(own.resolve("sources"));
    List<Path> files = new ArrayList<>();
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = written.resolve("io/tidegate").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      files.add(Files.writeString(file, source.getValue()));
    }
    Path classes = Files.createDirectory(own.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      assertThat(compiler.getTask(null, manager, null, List.of("-proc:none", "-nowarn", "-implicit:none", "--release", "17", "-d", classes.toString(), "-cp",
          String.join(":", classPath)), null, manager.getJavaFileObjectsFromPaths(files)).call()).as("compiles").isTrue();
    }
    try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + core.toUri()), Map.of()); Stream<Path> made = Files.walk(classes)) {
      for (Path file : made.filter(Files::isRegularFile).toList()) {
        Files.copy(file, jar.getPath("/" + classes.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return own;
  }

  private static URI uri(Class<?> type) {
    return URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString());
  }

  private static void linked(Path jar, Path here) throws IOException {
    try {
      Files.createLink(here, jar);
    } catch (FileSystemException elsewhere) {
      Files.copy(jar, here);
    }
  }
}
