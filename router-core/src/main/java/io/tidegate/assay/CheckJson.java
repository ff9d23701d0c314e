package io.tidegate.assay;

import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a check of policies found, for a machine to read. */
final class CheckJson {
  private CheckJson() {}

  static String of(int files, PolicyCompiler.Result result, List<Problem> problems, List<Problem> notes) {
    JsonWriter out = new JsonWriter().beginObject().key("good").bool(problems.isEmpty()).key("files").number(files);
    result.bundle().ifPresent(bundle -> out.key("version").string(bundle.version()).key("digest").string(bundle.digest()).key("tests")
        .number(bundle.cases().size()));
    list(out.key("problems"), problems);
    list(out.key("notes"), notes);
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static void list(JsonWriter out, List<Problem> problems) {
    out.beginArray();
    for (Problem problem : problems) {
      out.beginObject().key("file").string(problem.file()).key("line").number(problem.line()).key("column").number(problem.column())
          .key("message").string(problem.message()).key("fix").string(problem.fix()).endObject();
    }
    out.endArray();
  }
}
