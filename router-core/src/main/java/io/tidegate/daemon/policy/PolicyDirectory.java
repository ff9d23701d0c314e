package io.tidegate.daemon.policy;

import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.Signatures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Policies in a directory: every {@code *.yaml} and {@code *.yml} right in it, and the manifest and signatures if there are any. Symbolic links are
 * followed, so that a whole set can be swapped at once by one of them, as Kubernetes does by {@code ..data}.
 *
 * <p>The set is read twice and must be the same: a swap in between, or a file that is being written, gives another second reading. Who writes several
 * files in place, one after the other, and pauses in between, needs a manifest.
 */
public final class PolicyDirectory implements PolicyCarrier {
  private static final int MAX_FILES = 64;
  private static final int MAX_FILE_BYTES = 4 << 20;
  private static final int MAX_BYTES = 16 << 20;
  private static final int TRIES = 4;

  private final Path directory;

  public PolicyDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public @Nullable Object stamp() {
    try {
      StringBuilder stamp = new StringBuilder(directory.toRealPath().toString());
      for (Path file : listed()) {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        stamp.append('\n').append(file.getFileName()).append(' ').append(is.size()).append(' ').append(is.lastModifiedTime().to(java.util.concurrent.TimeUnit.NANOSECONDS))
            .append(' ').append(is.fileKey());
      }
      return stamp.toString();
    } catch (IOException | Unreadable none) {
      return null;
    }
  }

  @Override
  public PolicyTexts read() throws Unreadable {
    PolicyTexts before = once();
    for (int i = 0; i < TRIES; i++) {
      PolicyTexts again = once();
      if (again.fingerprint().equals(before.fingerprint())) {
        return again;
      }
      before = again;
    }
    throw new Unreadable(place(), "the files change while they are read", "write beside the directory, then rename; it is tried again");
  }

  private PolicyTexts once() throws Unreadable {
    try {
      notOpenToOthers(directory);
      SortedMap<String, byte[]> files = new TreeMap<>();
      long bytes = 0;
      for (Path file : listed()) {
        notOpenToOthers(file);
        byte[] content = content(file, MAX_FILE_BYTES);
        bytes += content.length;
        files.put(file.getFileName().toString(), content);
      }
      if (bytes > MAX_BYTES) {
        throw new Unreadable(place(), "the policy files are larger than 16MiB together", "keep in this directory what is policy only");
      }
      if (files.isEmpty()) {
        throw new Unreadable(place(), "the directory holds no *.yaml file", "name the directory with the policies in policy.directory");
      }
      return new PolicyTexts(place(), files, optional(Manifest.FILE, Manifest.MAX_BYTES), optional(Signatures.FILE, Signatures.MAX_BYTES));
    } catch (IOException e) {
      throw new Unreadable(place(), "the directory cannot be read (" + e.getClass().getSimpleName() + ")", "let the daemon's user read it and every file in it");
    }
  }

  private List<Path> listed() throws IOException, Unreadable {
    try (Stream<Path> all = Files.list(directory)) {
      List<Path> files = all.filter(PolicyDirectory::isPolicy).limit(MAX_FILES + 1).sorted().toList();
      if (files.size() > MAX_FILES) {
        throw new Unreadable(place(), "the directory holds more than " + MAX_FILES + " policy files", "join some of them");
      }
      return files;
    }
  }

  private static boolean isPolicy(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  private byte @Nullable [] optional(String name, int maxBytes) throws IOException, Unreadable {
    Path file = directory.resolve(name);
    return Files.exists(file) ? content(file, maxBytes) : null;
  }

  private byte[] content(Path file, int maxBytes) throws IOException, Unreadable {
    // Anything else than a file, such as a pipe, could keep the reader waiting.
    if (!Files.isRegularFile(file)) {
      throw new Unreadable(file.toString(), "this is not a file", "remove it, or give it another ending than .yaml");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(maxBytes + 1);
      if (content.length > maxBytes) {
        throw new Unreadable(file.toString(), "the file is larger than " + maxBytes + " bytes", "split it, or remove what is no policy");
      }
      return content;
    }
  }

  private static void notOpenToOthers(Path path) throws IOException, Unreadable {
    try {
      if (Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new Unreadable(path.toString(), "every user can write this, and with it say what may leave", "run: chmod o-w " + path);
      }
    } catch (UnsupportedOperationException noPosix) {
      // A file system without such permissions cannot say.
    }
  }
}
