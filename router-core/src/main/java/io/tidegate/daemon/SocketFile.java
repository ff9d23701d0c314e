package io.tidegate.daemon;

import io.tidegate.config.Listen;
import io.tidegate.net.Door;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a Unix socket: made way for before it is bound, and given its permissions after. Blocking. */
final class SocketFile {
  private SocketFile() {}

  /**
   * Removes what a daemon left that was killed.
   *
   * @throws IOException if there is no directory, or something else stands there, or somebody listens there
   */
  static void clear(Door door, Listen listen) throws IOException {
    Path path = path(door, listen);
    if (path == null) {
      return;
    }
    Path directory = path.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException("there is no directory for the socket " + path);
    }
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
      throw new IOException(path + " is there and is not a socket");
    }
    if (answers(path)) {
      throw new IOException("somebody listens on " + path);
    }
    Files.delete(path);
  }

  /**
   * Says who may connect. Until then the process's umask does; the usual ones let in the owner only.
   *
   * @throws IOException if the permissions cannot be set
   */
  static void open(Door door, Listen listen) throws IOException {
    Path path = path(door, listen);
    if (path != null) {
      try {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(listen.fold(tcp -> "rw-------", Listen.Unix::mode)));
      } catch (IOException e) {
        throw new IOException("the permissions of the socket " + path + " could not be set (" + e.getClass().getSimpleName() + ")", e);
      }
    }
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException refused) {
      return false;
    }
  }

  /** The file of a socket that was handed over is the supervisor's. */
  private static @org.jspecify.annotations.Nullable Path path(Door door, Listen listen) {
    return door.handed() ? null : listen.<@org.jspecify.annotations.Nullable Path>fold(tcp -> null, Listen.Unix::path);
  }
}
