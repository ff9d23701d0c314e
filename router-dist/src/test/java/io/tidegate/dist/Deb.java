package io.tidegate.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A package as it was built, and unpacked by dpkg's own tool. */
record Deb(Path file, Path files, Path control) {
  static final Path ROOT = Path.of(System.getProperty("tidegate.root", "..")).toAbsolutePath().normalize();

  static Path built(String name) {
    Path target = ROOT.resolve("router-dist/target");
    try (Stream<Path> all = Files.list(target)) {
      List<Path> found = all.filter(path -> path.getFileName().toString().matches(name + "_.*_all\\.deb")).toList();
      if (found.size() != 1) {
        throw new AssertionError("expected one package " + name + " in " + target + ", found " + found);
      }
      return found.get(0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Deb unpacked(Path file, Path folder) {
    Path files = folder.resolve("files");
    Path control = folder.resolve("control");
    try {
      Files.createDirectories(folder);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Ran.of("dpkg-deb", "--extract", file.toString(), files.toString()).good();
    Ran.of("dpkg-deb", "--control", file.toString(), control.toString()).good();
    return new Deb(file, files, control);
  }

  String field(String name) {
    return Ran.of("dpkg-deb", "--field", file.toString(), name).good().strip();
  }

  /** Paths of all regular files, as from the root. */
  List<String> paths() {
    try (Stream<Path> all = Files.walk(files)) {
      return all.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).map(path -> "/" + files.relativize(path)).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  List<Path> jars(String folder) {
    try (Stream<Path> all = Files.list(files.resolve(folder))) {
      return all.filter(path -> path.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  String text(String path) {
    try {
      return Files.readString(files.resolve(path));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
