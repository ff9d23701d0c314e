package io.tidegate.jobs;

import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import org.jspecify.annotations.Nullable;

/**
 * One file of a tenant's. Its description is a file too: without one, its bytes are nobody's.
 *
 * @param declared what was stated at its upload; raises the lines of every job that reads it
 * @param purpose {@code batch}, or {@code batch_output}
 * @param createdSeconds since 1970
 */
record StoredFile(String id, String tenant, Sensitivity declared, String filename, String purpose, long bytes, long createdSeconds) {
  static final String DATA = ".data";
  static final String DESCRIPTION = ".file";

  byte[] toJson() {
    return new JsonWriter().beginObject().key("id").string(id).key("tenant").string(tenant).key("declared").string(declared.name()).key("filename")
        .string(filename).key("purpose").string(purpose).key("bytes").number(bytes).key("created").number(createdSeconds).endObject().toBytes();
  }

  /** Null for what is not such a description. */
  static @Nullable StoredFile of(byte[] bytes) {
    JsonText json = JsonParts.object(bytes);
    if (json == null) {
      return null;
    }
    String id = JsonParts.text(json, "id");
    String tenant = JsonParts.text(json, "tenant");
    String declared = JsonParts.text(json, "declared");
    String filename = JsonParts.text(json, "filename");
    String purpose = JsonParts.text(json, "purpose");
    return id == null || tenant == null || declared == null || filename == null || purpose == null ? null
        : new StoredFile(id, tenant, Sensitivity.valueOf(declared), filename, purpose, (long) json.number(json.member(0, "bytes")),
            (long) json.number(json.member(0, "created")));
  }

  /** As callers see it. */
  void write(JsonWriter out, long retentionSeconds) {
    out.beginObject().key("id").string(id).key("object").string("file").key("bytes").number(bytes).key("created_at").number(createdSeconds)
        .key("expires_at").number(createdSeconds + retentionSeconds).key("filename").string(filename).key("purpose").string(purpose).key("status")
        .string("processed").endObject();
  }
}
