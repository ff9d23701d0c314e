package io.tidegate.gguf.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder: {@code SHA256.gguf} for each model that is whole, {@code SHA256.part} for one that is coming, {@code current.gguf} for the one that is
 * served, {@code accepted.json} for what was taken last. One process at a time.
 */
public final class ModelFolder {
  /** Leads to the model that is served. */
  public static final String CURRENT = "current.gguf";
  private static final String ACCEPTED = "accepted.json";
  private static final byte[] MAGIC = "GGUF".getBytes(StandardCharsets.US_ASCII);
  private static final int BLOCK = 1 << 16;

  /** Told how many bytes are there, of how many. */
  public interface Arriving {
    void at(long bytes, long of);
  }

  private final Path folder;
  private final Arriving arriving;

  public ModelFolder(Path folder) {
    this(folder, (bytes, of) -> { });
  }

  /** @param arriving told while a model comes */
  public ModelFolder(Path folder, Arriving arriving) {
    this.folder = folder;
    this.arriving = arriving;
  }

  /** What was taken last; empty if nothing was. */
  public Optional<ModelManifest> accepted() throws IOException {
    Path file = folder.resolve(ACCEPTED);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    // Unreadable is not "nothing": an older revision could come in.
    return Optional.of(ModelManifest.parse(Files.readAllBytes(file)).orElseThrow(() -> new IOException(file + " is damaged. Fix: remove it if any revision may come")));
  }

  /** Whether the model of {@code manifest} is what {@code current.gguf} leads to. */
  public boolean serves(ModelManifest manifest) throws IOException {
    Path link = folder.resolve(CURRENT);
    return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).toString().equals(name(manifest)) && Files.isRegularFile(link)
        && Files.size(link) == manifest.size();
  }

  /**
   * Fetches what is missing, checks the whole, and swaps it in.
   *
   * @return bytes that were fetched
   * @throws IOException if it was cut off: what came is kept
   * @throws Refusal if it is not what was signed: what came is thrown away, and the old one stays
   */
  public long take(ModelManifest manifest, Source source) throws IOException, Refusal {
    Path whole = folder.resolve(name(manifest));
    long fetched = 0;
    if (!Files.isRegularFile(whole) || Files.size(whole) != manifest.size()) {
      Path part = folder.resolve(manifest.sha256() + ".part");
      fetched = fetch(manifest, source, part);
      Files.move(part, whole, StandardCopyOption.ATOMIC_MOVE);
    }
    Path fresh = folder.resolve(CURRENT + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, whole.getFileName());
    @Nullable Path before = previous();
    Files.write(folder.resolve(ACCEPTED + ".new"), manifest.canonical());
    sync(folder.resolve(ACCEPTED + ".new"));
    Files.move(folder.resolve(ACCEPTED + ".new"), folder.resolve(ACCEPTED), StandardCopyOption.ATOMIC_MOVE);
    Files.move(fresh, folder.resolve(CURRENT), StandardCopyOption.ATOMIC_MOVE);
    sync(folder);
    sweep(whole.getFileName(), before);
    return fetched;
  }

  private long fetch(ModelManifest manifest, Source source, Path part) throws IOException, Refusal {
    long have = Files.exists(part) ? Files.size(part) : 0;
    if (have > manifest.size()) {
      Files.delete(part);
      have = 0;
    }
    MessageDigest digest = sha256();
    long came = 0;
    if (have < manifest.size()) {
      try (Source.Part coming = source.from(manifest.file(), have)) {
        if (coming.offset() == 0) {
          have = 0;
        } else {
          digestOf(part, digest);
        }
        came = append(coming.bytes(), part, have, manifest.size(), digest);
      }
    } else {
      digestOf(part, digest);
    }
    if (have + came < manifest.size()) {
      throw new IOException("cut off at " + (have + came) + " of " + manifest.size() + " bytes");
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(manifest.sha256()) || !magic(part)) {
      Files.delete(part);
      throw new Refusal(manifest.file() + " is not the file that was signed: its SHA-256 or its kind differs");
    }
    return came;
  }

  private long append(InputStream in, Path part, long have, long size, MessageDigest digest) throws IOException, Refusal {
    long came = 0;
    StandardOpenOption how = have == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
    try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
      byte[] block = new byte[BLOCK];
      for (int count = in.read(block); count >= 0; count = in.read(block)) {
        if (have + came + count > size) {
          throw new Refusal("the source has more bytes than were signed");
        }
        out.write(block, 0, count);
        digest.update(block, 0, count);
        came += count;
        arriving.at(have + came, size);
      }
    } catch (Refusal tooMuch) {
      Files.delete(part);
      throw tooMuch;
    }
    sync(part);
    return came;
  }

  private static void digestOf(Path file, MessageDigest digest) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (channel.read(block) >= 0) {
        digest.update(block.flip());
        block.clear();
      }
    }
  }

  private static boolean magic(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
    }
  }

  private @Nullable Path previous() throws IOException {
    Path link = folder.resolve(CURRENT);
    return Files.isSymbolicLink(link) ? Files.readSymbolicLink(link).getFileName() : null;
  }

  /** Keeps the model that is served and the one before it; a server that has an older one mapped keeps it all the same. */
  private void sweep(Path current, @Nullable Path before) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        boolean ours = name.matches("[0-9a-f]{64}\\.(gguf|part)") && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        if (ours && !List.of(String.valueOf(current), String.valueOf(before)).contains(name)) {
          Files.delete(file);
        }
      }
    }
  }

  private static void sync(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static String name(ModelManifest manifest) {
    return manifest.sha256() + ".gguf";
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** SHA-256 of a file, lower-case hex. */
  public static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    digestOf(file, digest);
    return HexFormat.of().formatHex(digest.digest());
  }
}
