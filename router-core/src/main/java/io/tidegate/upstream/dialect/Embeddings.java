package io.tidegate.upstream.dialect;

import io.tidegate.upstream.dialect.AnswerShape.Vectors;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.Splices;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.BitSet;

/** Checks an embedding answer and brings its vectors into the form asked for: the SDKs ask for base64 unbidden, some servers give numbers. */
final class Embeddings {
  private static final int MAX_DIMENSIONS = 1 << 16;

  private Embeddings() {}

  /** False if the answer is not whole: one vector for each input, each index once. */
  static boolean normalise(JsonText json, AnswerShape shape, Splices edits) {
    int data = json.member(0, "data");
    if (data < 0 || json.kind(data) != Kind.ARRAY) {
      return false;
    }
    BitSet seen = new BitSet();
    for (int item = data + 1; item < json.next(data); item = json.next(item)) {
      int index = Choice.index(json, item, shape.choices());
      int vector = json.member(item, "embedding");
      if (index < 0 || seen.get(index) || vector < 0 || !vector(json, vector, shape.vectors(), edits)) {
        return false;
      }
      seen.set(index);
    }
    int count = seen.cardinality();
    return count > 0 && (count == shape.choices() || shape.choices() == AnswerShape.MAX_CHOICES);
  }

  private static boolean vector(JsonText json, int node, Vectors asked, Splices edits) {
    if (json.kind(node) == Kind.STRING) {
      return Choice.text(json, node) && (asked != Vectors.FLOAT || toNumbers(json, node, edits));
    }
    int dimensions = json.next(node) - node - 1;
    if (json.kind(node) != Kind.ARRAY || dimensions == 0 || dimensions > MAX_DIMENSIONS) {
      return false;
    }
    ByteBuffer floats = asked == Vectors.BASE64 ? ByteBuffer.allocate(dimensions * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN) : null;
    for (int i = 1; i <= dimensions; i++) {
      if (json.kind(node + i) != Kind.NUMBER) {
        return false;
      }
      if (floats != null) {
        floats.putFloat((float) json.number(node + i));
      }
    }
    if (floats != null) {
      edits.replace(node, '"' + Base64.getEncoder().encodeToString(floats.array()) + '"');
    }
    return true;
  }

  private static boolean toNumbers(JsonText json, int node, Splices edits) {
    byte[] raw;
    try {
      raw = Base64.getDecoder().decode(json.string(node));
    } catch (IllegalArgumentException e) {
      return false;
    }
    if (raw.length == 0 || raw.length % Float.BYTES != 0) {
      return false;
    }
    ByteBuffer floats = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder out = new StringBuilder(raw.length * 3).append('[');
    while (floats.hasRemaining()) {
      float value = floats.getFloat();
      if (!Float.isFinite(value)) {
        return false;
      }
      out.append(out.length() > 1 ? "," : "").append(value);
    }
    edits.replace(node, out.append(']').toString());
    return true;
  }
}
