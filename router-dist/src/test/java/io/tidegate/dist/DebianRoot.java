package io.tidegate.dist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A clean Debian of a test's own, unpacked below target. What runs in it has its own mounts, which end with it. */
final class DebianRoot implements AutoCloseable {
  /** dpkg's and other tools' own books, which name every package that ever was; and what is not on a disk. */
  private static final List<String> BOOKS = List.of("/proc", "/sys", "/dev", "/tmp", "/run/systemd", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/lib/dpkg/status", "/var/lib/dpkg/status-old",
      "/var/lib/dpkg/available", "/var/lib/dpkg/available-old", "/var/lib/dpkg/lock", "/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/triggers/Lock", "/var/lib/dpkg/triggers/Unincorp",
      "/var/cache/ldconfig/aux-cache", "/etc/group-", "/etc/gshadow-", "/etc/.pwd.lock", "/packages");

  final Path root;

  private DebianRoot(Path root) {
    this.root = root;
  }

  static DebianRoot fresh(String name) {
    String archive = System.getenv("DEBIAN_ROOT");
    if (archive == null) {
      throw new AssertionError("DEBIAN_ROOT is not set: run script/test --long, or DEBIAN_ROOT=$(script/lib/debian-root.sh)");
    }
    Path root = Deb.ROOT.resolve("router-dist/target/debian").resolve(name);
    Ran.of("rm", "-rf", "--one-file-system", root.toString()).good();
    try {
      Files.createDirectories(root);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Ran.of("tar", "-C", root.toString(), "--numeric-owner", "-xpf", archive).good();
    return new DebianRoot(root);
  }

  /** The command line that runs the words inside, with /proc of its own and, where the words begin with nothing else, nobody's environment. */
  List<String> inside(String... words) {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-ec",
        "root=$1; shift; mount -t proc proc \"$root/proc\"; mount -t tmpfs -o mode=1777 tmp \"$root/tmp\"; exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "
            + "HOME=/root DEBIAN_FRONTEND=noninteractive chroot \"$root\" \"$@\"",
        "sh", root.toString()));
    command.addAll(List.of(words));
    return command;
  }

  Ran run(String... words) {
    return Ran.of(inside(words).toArray(String[]::new));
  }

  /** As a user types it. */
  Ran shell(String line) {
    return run("bash", "-c", line);
  }

  /** dpkg's own run, without anybody to answer a question. */
  Ran install(String options, Path... packages) {
    List<String> words = new ArrayList<>(List.of("dpkg"));
    if (!options.isEmpty()) {
      words.add(options);
    }
    words.add("--install");
    for (Path each : packages) {
      words.add(brought(each));
    }
    return run(words.toArray(String[]::new));
  }

  String brought(Path file) {
    try {
      Files.createDirectories(root.resolve("packages"));
      Files.copy(file, root.resolve("packages").resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return "/packages/" + file.getFileName();
  }

  Path at(String path) {
    return root.resolve(path.substring(1));
  }

  boolean has(String path) {
    return Files.exists(at(path), LinkOption.NOFOLLOW_LINKS);
  }

  String text(String path) {
    try {
      return Files.readString(at(path));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void write(String path, String text) {
    try {
      Files.createDirectories(at(path).getParent());
      Files.writeString(at(path), text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void executable(String path, String text) {
    write(path, text);
    try {
      Files.setPosixFilePermissions(at(path), PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Every path with its kind, mode and, for a file, size; without the books that tools keep. */
  Map<String, String> everything() {
    Map<String, String> all = new TreeMap<>();
    try {
      Files.walkFileTree(root, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
          return noted(folder, attributes) ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          noted(file, attributes);
          return FileVisitResult.CONTINUE;
        }

        private boolean noted(Path path, BasicFileAttributes attributes) throws IOException {
          String name = "/" + root.relativize(path);
          if (BOOKS.contains(name)) {
            return false;
          }
          String mode = attributes.isSymbolicLink() ? " -> " + Files.readSymbolicLink(path) : " " + PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
          all.put(name, (attributes.isDirectory() ? "folder" : attributes.isRegularFile() ? "file " + attributes.size() : "other") + mode);
          return true;
        }
      });
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return all;
  }

  @Override
  public void close() {
    Ran.of("rm", "-rf", "--one-file-system", root.toString()).good();
  }
}
