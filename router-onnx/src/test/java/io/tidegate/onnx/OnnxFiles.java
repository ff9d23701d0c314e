package io.tidegate.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Small ONNX models written field by field (onnx.proto, IR version 8): a look-up from whole texts to scores. */
final class OnnxFiles {
  private static final int STRING = 8;
  private static final int FLOAT = 1;

  private OnnxFiles() {}

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static ByteString message(Fields fields) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      fields.write(out);
      out.flush();
      return ByteString.copyFrom(bytes.toByteArray());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  private static ByteString value(String name, int type) {
    ByteString shape = message(out -> out.writeBytes(1, message(dim -> dim.writeString(2, "n"))));
    ByteString tensor = message(out -> {
      out.writeInt32(1, type);
      out.writeBytes(2, shape);
    });
    return message(out -> {
      out.writeString(1, name);
      out.writeBytes(2, message(t -> t.writeBytes(1, tensor)));
    });
  }

  /** ai.onnx.ml LabelEncoder: text → score, else 0. */
  static byte[] lookUp(Map<String, Float> scores) {
    ByteString keys = message(out -> {
      out.writeString(1, "keys_strings");
      for (String key : scores.keySet()) {
        out.writeBytes(9, ByteString.copyFrom(key, StandardCharsets.UTF_8));
      }
      out.writeInt32(20, 8);
    });
    ByteString values = message(out -> {
      out.writeString(1, "values_floats");
      for (Float score : scores.values()) {
        out.writeFloat(7, score);
      }
      out.writeInt32(20, 6);
    });
    ByteString otherwise = message(out -> {
      out.writeString(1, "default_float");
      out.writeFloat(2, 0);
      out.writeInt32(20, 1);
    });
    ByteString node = message(out -> {
      out.writeString(1, "text");
      out.writeString(2, "score");
      out.writeString(4, "LabelEncoder");
      out.writeBytes(5, keys);
      out.writeBytes(5, values);
      out.writeBytes(5, otherwise);
      out.writeString(7, "ai.onnx.ml");
    });
    ByteString graph = message(out -> {
      out.writeBytes(1, node);
      out.writeString(2, "g");
      out.writeBytes(11, value("text", STRING));
      out.writeBytes(12, value("score", FLOAT));
    });
    return message(out -> {
      out.writeInt64(1, 8);
      out.writeBytes(7, graph);
      out.writeBytes(8, message(o -> {
        o.writeString(1, "ai.onnx.ml");
        o.writeInt64(2, 2);
      }));
      out.writeBytes(8, message(o -> o.writeInt64(2, 13)));
    }).toByteArray();
  }
}
