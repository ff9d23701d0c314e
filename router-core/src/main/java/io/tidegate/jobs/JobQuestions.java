package io.tidegate.jobs;

import io.tidegate.jobs.JobDesk.Answering;
import io.tidegate.jobs.JobDesk.Question;
import io.tidegate.jobs.JobDesk.Verb;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What may be asked of {@code /v1/files} and {@code /v1/batches}. What is not the tenant's own is not there (G4). Confined to the jobs' thread. */
final class JobQuestions {
  private static final Set<String> ENDPOINTS = Stream.of(Operation.values()).map(Operation::path).collect(Collectors.toUnmodifiableSet());
  private static final Set<String> CREATE = Set.of("input_file_id", "endpoint", "completion_window", "metadata");
  private static final int MAX_METADATA = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;
  private static final int PAGE = 100;

  private final JobService service;
  private final FileShelf shelf;
  private final JobBook book;
  private final JobRunner runner;

  JobQuestions(JobService service, FileShelf shelf, JobBook book, JobRunner runner) {
    this.service = service;
    this.shelf = shelf;
    this.book = book;
    this.runner = runner;
  }

  void answer(Question question, Answering to) throws IOException {
    String[] path = question.path().substring(1).split("/", -1);
    boolean files = path[1].equals("files");
    String id = path.length > 2 ? path[2] : "";
    String more = path.length > 3 ? path[3] : "";
    if (path.length > 4 || path.length > 2 && id.isEmpty() || path.length > 3 && more.isEmpty()) {
      to.refused(notFound(files ? "file" : "batch"));
    } else if (path.length == 2) {
      switch (question.verb()) {
        case GET -> list(question, files, to);
        case POST -> {
          if (files) {
            to.refused(method("Send a file as multipart/form-data."));
          } else {
            make(question, to);
          }
        }
        case DELETE -> to.refused(method("Name what is to be deleted."));
      }
    } else if (files) {
      file(question, id, more, to);
    } else {
      batch(question, id, more, to);
    }
  }

  // Files

  private void file(Question question, String id, String more, Answering to) throws IOException {
    StoredFile file = shelf.get(question.caller().tenant(), id);
    boolean content = more.equals("content");
    if (file == null || !more.isEmpty() && !content) {
      to.refused(notFound("file"));
      return;
    }
    switch (question.verb()) {
      case GET -> {
        if (content) {
          to.content(new FileContent(service, shelf.read(file), file.bytes()));
        } else {
          to.json(written(out -> file.write(out, service.limits().retention().toSeconds())));
        }
      }
      case DELETE -> {
        if (content) {
          to.refused(method("Use GET."));
        } else if (book.reads(id)) {
          to.refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "A batch that is not over reads this file. Cancel it first."));
        } else {
          shelf.delete(file);
          to.json(written(out -> out.beginObject().key("id").string(id).key("object").string("file").key("deleted").bool(true).endObject()));
        }
      }
      case POST -> to.refused(method("Use GET or DELETE."));
    }
  }

  // Batches

  private void batch(Question question, String id, String more, Answering to) throws IOException {
    JobBook.Entry entry = book.get(question.caller().tenant(), id);
    boolean cancel = more.equals("cancel");
    if (entry == null || !more.isEmpty() && !cancel) {
      to.refused(notFound("batch"));
    } else if (question.verb() != (cancel ? Verb.POST : Verb.GET)) {
      to.refused(method(cancel ? "Use POST." : "Use GET."));
    } else {
      if (cancel) {
        if (entry.ledger().state().over()) {
          to.refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "The batch is " + entry.ledger().state().word() + " already."));
          return;
        }
        runner.cancel(entry);
      }
      to.json(written(out -> view(out, entry)));
    }
  }

  private void view(JsonWriter out, JobBook.Entry entry) {
    JobView.write(out, entry.ledger(), service.limits().window().toSeconds(), shelf.has(JobView.outputFile(entry.id())),
        shelf.has(JobView.errorFile(entry.id())));
  }

  private void make(Question question, Answering to) throws IOException {
    JsonText json = JsonParts.object(question.body());
    if (json == null) {
      to.refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "The body must be a JSON object."));
      return;
    }
    String tenant = question.caller().tenant();
    String endpoint = JsonParts.text(json, "endpoint");
    String input = JsonParts.text(json, "input_file_id");
    StoredFile file = input == null ? null : shelf.get(tenant, input);
    int metadata = json.member(0, "metadata");
    ErrorAnswer wrong = unknown(json);
    if (wrong == null && (endpoint == null || !ENDPOINTS.contains(endpoint))) {
      wrong = bad("The endpoint must be one of " + ENDPOINTS.stream().sorted().collect(Collectors.joining(", ")) + ".", "endpoint");
    }
    if (wrong == null && !"24h".equals(JsonParts.text(json, "completion_window"))) {
      wrong = bad("The completion window must be 24h.", "completion_window");
    }
    if (wrong == null && (file == null || !file.purpose().equals("batch"))) {
      wrong = bad("There is no such file with the purpose batch.", "input_file_id");
    }
    if (wrong == null && metadata >= 0 && !metadata(json, metadata)) {
      wrong = bad("Metadata is an object of at most " + MAX_METADATA + " strings, of " + MAX_KEY + " and " + MAX_VALUE + " characters.", "metadata");
    }
    if (wrong == null && book.of(tenant).stream().filter(entry -> !entry.ledger().state().over()).count() >= service.limits().openJobs()) {
      wrong = new ErrorAnswer(Refusal.BUSY, 429, "Too many batches are not over yet. Try again later.", null, 60);
    }
    if (wrong == null && service.space().full()) {
      wrong = JobService.FULL;
    }
    if (wrong != null || file == null || endpoint == null) {
      to.refused(wrong == null ? JobService.DISK : wrong);
      return;
    }
    Sensitivity declared = question.declared().compareTo(file.declared()) > 0 ? question.declared() : file.declared();
    JobBook.Entry entry = book.make(new JobRecord(new JobFacts("batch_" + service.newId(), question.caller(), declared), file.id(), endpoint,
        service.nowSeconds(), metadata < 0 || json.kind(metadata) == Kind.NULL ? "null" : JsonParts.raw(json, metadata)));
    to.json(written(out -> view(out, entry)));
    runner.added();
  }

  private static @Nullable ErrorAnswer unknown(JsonText json) {
    for (int key = 1; key < json.next(0); key = json.next(key + 1)) {
      String name = json.string(key);
      if (!CREATE.contains(name)) {
        // Not named: a field that is not ours is the caller's text (G3).
        return ErrorAnswer.of(Refusal.INVALID_REQUEST, "A batch has the fields input_file_id, endpoint, completion_window and metadata.");
      }
    }
    return null;
  }

  private static boolean metadata(JsonText json, int object) {
    if (json.kind(object) == Kind.NULL) {
      return true;
    }
    int count = 0;
    if (json.kind(object) != Kind.OBJECT) {
      return false;
    }
    for (int key = object + 1; key < json.next(object); key = json.next(key + 1)) {
      if (++count > MAX_METADATA || json.kind(key + 1) != Kind.STRING || json.string(key).length() > MAX_KEY || json.string(key + 1).length() > MAX_VALUE) {
        return false;
      }
    }
    return true;
  }

  // Lists

  /** The newest first; behind {@code after}, at most {@code limit}. */
  private void list(Question question, boolean files, Answering to) {
    String after = "";
    String purpose = "";
    int limit = files ? PAGE : 20;
    for (String pair : question.query().isEmpty() ? new String[0] : question.query().split("&")) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      switch (name) {
        case "after" -> after = value;
        case "purpose" -> purpose = files ? value : "";
        case "limit" -> limit = value.matches("[0-9]{1,5}") ? Integer.parseInt(value) : 0;
        case "order" -> limit = value.equals("desc") ? limit : 0;
        default -> limit = 0;
      }
    }
    if (limit < 1) {
      to.refused(ErrorAnswer.of(Refusal.INVALID_REQUEST, "A list may be asked for with limit, after, order=desc" + (files ? " and purpose." : ".")));
      return;
    }
    int most = Math.min(limit, PAGE);
    String tenant = question.caller().tenant();
    String wanted = purpose;
    if (files) {
      long retention = service.limits().retention().toSeconds();
      to.json(page(shelf.of(tenant).stream().filter(file -> wanted.isEmpty() || file.purpose().equals(wanted)).toList(), StoredFile::id, after, most,
          (out, file) -> file.write(out, retention)));
    } else {
      to.json(page(book.of(tenant), JobBook.Entry::id, after, most, this::view));
    }
  }

  private static <T> byte[] page(List<T> all, Function<T, String> id, String after, int most, java.util.function.BiConsumer<JsonWriter, T> writer) {
    List<T> shown = new ArrayList<>();
    boolean begun = after.isEmpty();
    boolean more = false;
    for (T one : all) {
      if (begun) {
        if (shown.size() == most) {
          more = true;
          break;
        }
        shown.add(one);
      } else {
        begun = id.apply(one).equals(after);
      }
    }
    boolean hasMore = more;
    return written(out -> {
      out.beginObject().key("object").string("list").key("data").beginArray();
      shown.forEach(one -> writer.accept(out, one));
      out.endArray().key("first_id");
      text(out, shown.isEmpty() ? null : id.apply(shown.get(0)));
      out.key("last_id");
      text(out, shown.isEmpty() ? null : id.apply(shown.get(shown.size() - 1)));
      out.key("has_more").bool(hasMore).endObject();
    });
  }

  private static void text(JsonWriter out, @Nullable String value) {
    if (value == null) {
      out.nullValue();
    } else {
      out.string(value);
    }
  }

  private static byte[] written(java.util.function.Consumer<JsonWriter> writer) {
    JsonWriter out = new JsonWriter();
    writer.accept(out);
    return out.toBytes();
  }

  private static ErrorAnswer notFound(String what) {
    return ErrorAnswer.of(Refusal.NOT_FOUND, "There is no such " + what + ".");
  }

  private static ErrorAnswer method(String message) {
    return ErrorAnswer.of(Refusal.METHOD_NOT_ALLOWED, message);
  }

  private static ErrorAnswer bad(String message, String param) {
    return ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, message, param);
  }
}
