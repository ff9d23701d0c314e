package io.tidegate.policy.signature;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What signers sign: every file by name and SHA-256, and the bundle's name, revision and time. One text per content: {@link #canonical} is the only
 * form that {@link #parse} takes.
 *
 * @param name of the bundle; a daemon that has accepted one name takes no other
 * @param revision counts up with each change
 * @param notBefore the bundle is refused before
 * @param notAfter the bundle is refused from then on; null for no end
 * @param files file name → SHA-256, lower-case hex
 */
public record Manifest(String name, int revision, Instant notBefore, @Nullable Instant notAfter, SortedMap<String, String> files) {
  /** Beside the policies. */
  public static final String FILE = "bundle.manifest.json";

  /** A longer one is not read. */
  public static final int MAX_BYTES = 64 << 10;
  private static final String FORMAT = "tidegate-manifest-v1";
  private static final JsonLimits LIMITS = new JsonLimits(4, 1_000, 12, 500);

  public Manifest {
    if (!isName(name) || revision < 1 || files.isEmpty() || !files.keySet().stream().allMatch(Manifest::isFileName)) {
      throw new IllegalArgumentException("not a manifest");
    }
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** The manifest of {@code files}, by file name. */
  public static Manifest of(String name, int revision, Instant notBefore, @Nullable Instant notAfter, Map<String, byte[]> files) {
    return new Manifest(name, revision, notBefore, notAfter, digests(files));
  }

  /** Whether {@code text} can name a bundle or a key. */
  public static boolean isName(String text) {
    return text.length() <= 63 && !text.isEmpty() && text.charAt(0) != '-' && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-');
  }

  /** Whether a file of this name can stand in a signed bundle: no folder, no hidden file, plain ASCII. */
  public static boolean isFileName(String text) {
    return text.length() <= 200 && (text.endsWith(".yaml") || text.endsWith(".yml")) && text.charAt(0) != '.'
        && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-');
  }

  /** Whether exactly these files are meant: none dropped, none added, none changed. */
  public boolean covers(Map<String, byte[]> present) {
    return files.equals(digests(present));
  }

  /** SHA-256 of the canonical text, lower-case hex. */
  public String digest() {
    return sha256(canonical());
  }

  /** The only text of this manifest. */
  public byte[] canonical() {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("format").string(FORMAT).key("name").string(name).key("revision").number(revision).key("notBefore").string(notBefore.toString());
    Instant end = notAfter;
    if (end != null) {
      out.key("notAfter").string(end.toString());
    }
    out.key("files").beginObject();
    files.forEach((file, digest) -> out.key(file).string(digest));
    byte[] json = out.endObject().endObject().toBytes();
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /** The manifest that {@code bytes} are the canonical text of; empty for anything else. Call it on bytes whose signature was verified. */
  public static Optional<Manifest> parse(byte[] bytes) {
    try {
      JsonText json = JsonText.parse(bytes.clone(), LIMITS);
      int files = json.member(0, "files");
      int end = json.member(0, "notAfter");
      SortedMap<String, String> digests = new TreeMap<>();
      for (int key = files + 1; files > 0 && key < json.next(files); key = json.next(key + 1)) {
        digests.put(json.string(key), text(json, key + 1));
      }
      Manifest read = new Manifest(text(json, json.member(0, "name")), Math.toIntExact((long) json.number(json.member(0, "revision"))),
          Instant.parse(text(json, json.member(0, "notBefore"))), end < 0 ? null : Instant.parse(text(json, end)), digests);
      return Arrays.equals(read.canonical(), bytes) ? Optional.of(read) : Optional.empty();
    } catch (JsonException | IllegalArgumentException | DateTimeParseException | ArithmeticException | IndexOutOfBoundsException notOne) {
      return Optional.empty();
    }
  }

  private static String text(JsonText json, int node) {
    if (node < 0) {
      throw new IllegalArgumentException("a member is missing");
    }
    return json.string(node);
  }

  private static SortedMap<String, String> digests(Map<String, byte[]> files) {
    SortedMap<String, String> digests = new TreeMap<>();
    files.forEach((file, bytes) -> digests.put(file, sha256(bytes)));
    return digests;
  }

  /** Lower-case hex. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What is signed: the manifest's bytes behind a line that no other use of a key has. */
  static byte[] message(byte[] manifest) {
    byte[] head = "tidegate policy manifest v1\n".getBytes(StandardCharsets.US_ASCII);
    byte[] message = Arrays.copyOf(head, head.length + manifest.length);
    System.arraycopy(manifest, 0, message, head.length, manifest.length);
    return message;
  }
}
