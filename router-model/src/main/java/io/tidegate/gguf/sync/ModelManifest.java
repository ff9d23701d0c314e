package io.tidegate.gguf.sync;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What signers sign of a model. One text per content: {@link #canonical} is the only form that {@link #parse} takes.
 *
 * @param name of the model; a folder that has followed one name follows no other
 * @param revision counts up with each change
 * @param file its name at the source
 * @param sha256 lower-case hex
 */
public record ModelManifest(String name, int revision, String file, long size, String sha256) {
  /** At the source, beside the file. */
  public static final String FILE = "model.manifest.json";
  /** The same. */
  public static final String SIGNATURES = "model.sig";
  static final int MAX_BYTES = 4096;

  private static final String FORMAT = "tidegate-model-manifest-v1";
  /** Terabytes are no model of ours. */
  private static final long MAX_SIZE = 1L << 40;
  private static final JsonLimits LIMITS = new JsonLimits(2, 40, 16, 20);

  public ModelManifest {
    if (!plain(name, 63) || !plain(file, 200) || !file.endsWith(".gguf") || revision < 1 || size < 1 || size > MAX_SIZE || !sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a manifest of a model");
    }
  }

  /** Letters, digits, dot, hyphen, underscore; no folder, not hidden. */
  static boolean plain(String text, int most) {
    return !text.isEmpty() && text.length() <= most && text.charAt(0) != '.' && text.charAt(0) != '-'
        && text.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_');
  }

  /** The only text of this manifest. */
  public byte[] canonical() {
    byte[] json = new JsonWriter().beginObject().key("format").string(FORMAT).key("name").string(name).key("revision").number(revision).key("file")
        .string(file).key("size").number(size).key("sha256").string(sha256).endObject().toBytes();
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /** Empty for anything but a canonical text. To be called on bytes whose signature was verified. */
  public static Optional<ModelManifest> parse(byte[] bytes) {
    try {
      JsonText json = JsonText.parse(bytes.clone(), LIMITS);
      ModelManifest read = new ModelManifest(text(json, "name"), Math.toIntExact((long) json.number(json.member(0, "revision"))), text(json, "file"),
          (long) json.number(json.member(0, "size")), text(json, "sha256"));
      return Arrays.equals(read.canonical(), bytes) ? Optional.of(read) : Optional.empty();
    } catch (JsonException | IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException notOne) {
      return Optional.empty();
    }
  }

  private static String text(JsonText json, String member) {
    int node = json.member(0, member);
    if (node < 0) {
      throw new IllegalArgumentException("a member is missing");
    }
    return json.string(node);
  }

  /** What is signed: the bytes behind a line that no other use of a key has, policies' included. */
  public static byte[] message(byte[] manifest) {
    byte[] head = "tidegate model manifest v1\n".getBytes(StandardCharsets.US_ASCII);
    byte[] message = Arrays.copyOf(head, head.length + manifest.length);
    System.arraycopy(manifest, 0, message, head.length, manifest.length);
    return message;
  }
}
