package io.tidegate.jobs;

import io.tidegate.model.Caller;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What was said when a job was made; the first record of its journal.
 *
 * @param input id of the file of lines
 * @param endpoint every line's path
 * @param createdSeconds since 1970
 * @param metadata JSON object of strings, as it was given
 */
record JobRecord(JobFacts facts, String input, String endpoint, long createdSeconds, String metadata) {

  byte[] toJson() {
    JsonWriter out = new JsonWriter().beginObject().key("id").string(facts.id()).key("tenant").string(facts.caller().tenant()).key("name")
        .string(facts.caller().name()).key("groups").beginArray();
    facts.caller().groups().stream().sorted().forEach(out::string);
    return out.endArray().key("declared").string(facts.declared().name()).key("input").string(input).key("endpoint").string(endpoint).key("created")
        .number(createdSeconds).key("metadata").raw(metadata.getBytes(java.nio.charset.StandardCharsets.UTF_8)).endObject().toBytes();
  }

  static JobRecord of(JsonText json) {
    Set<String> groups = new LinkedHashSet<>();
    int list = json.member(0, "groups");
    for (int node = list + 1; node < json.next(list); node = json.next(node)) {
      groups.add(json.string(node));
    }
    int metadata = json.member(0, "metadata");
    String given = json.kind(metadata) == Kind.OBJECT ? JsonParts.raw(json, metadata) : "null";
    JobFacts facts = new JobFacts(text(json, "id"), new Caller(text(json, "tenant"), text(json, "name"), groups),
        Sensitivity.valueOf(text(json, "declared").toUpperCase(Locale.ROOT)));
    return new JobRecord(facts, text(json, "input"), text(json, "endpoint"), (long) json.number(json.member(0, "created")), given);
  }

  private static String text(JsonText json, String key) {
    return json.string(json.member(0, key));
  }
}
