package io.tidegate.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The same package as somebody installed it a while ago: lower version, other names of jars, another shipped policy. */
final class OlderDeb {
  static final String VERSION = "0.0.9";

  private OlderDeb() {}

  static Path of(Path deb, Path folder) throws IOException {
    Path tree = folder.resolve("older");
    Ran.of("rm", "-rf", tree.toString()).good();
    Ran.of("dpkg-deb", "--raw-extract", deb.toString(), tree.toString()).good();
    Path control = tree.resolve("DEBIAN/control");
    String fields = Files.readString(control);
    Files.writeString(control, fields.replaceAll("(?m)^Version: .*", "Version: " + VERSION));
    // dpkg does without sums; these would be wrong now.
    Files.deleteIfExists(tree.resolve("DEBIAN/md5sums"));
    Path policy = tree.resolve("etc/tidegate/policies/baseline.yaml");
    Files.writeString(policy, "# As version " + VERSION + " shipped it.\n" + Files.readString(policy));
    Path lib = tree.resolve("usr/lib/tidegate/lib");
    try (var jars = Files.list(lib)) {
      for (Path jar : jars.filter(path -> path.getFileName().toString().startsWith("router-") || path.getFileName().toString().startsWith("netty-")).toList()) {
        Files.move(jar, lib.resolve(jar.getFileName().toString().replaceFirst("-[0-9].*?(-linux-[a-z0-9_]+)?\\.jar$", "-" + VERSION + "$1.jar")), StandardCopyOption.ATOMIC_MOVE);
      }
    }
    Path older = folder.resolve("tidegate_" + VERSION + "_all.deb");
    Ran.of("dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", tree.toString(), older.toString()).good();
    return older;
  }
}
