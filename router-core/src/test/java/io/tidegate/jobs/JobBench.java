package io.tidegate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.jobs.JobDesk.Question;
import io.tidegate.jobs.JobDesk.Verb;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Sensitivity;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Jobs in virtual time, over a disk in memory and a model side that a test plays. */
final class JobBench implements JobThread, Asker, JobNotices {
  static final Caller A = new Caller("a", "one");
  static final Caller B = new Caller("b", "two");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line under way. */
  static final class Line implements Asked {
    final JobFacts job;
    final String body;
    final @Nullable Object around;
    final Done done;
    boolean cancelled;

    Line(JobFacts job, String body, @Nullable Object around, Done done) {
      this.job = job;
      this.body = body;
      this.around = around;
      this.done = done;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }

    void answer() {
      done.answered("r", "{}".getBytes(StandardCharsets.UTF_8), ("{\"echo\":\n" + body + "}").getBytes(StandardCharsets.UTF_8));
    }
  }

  private record Later(long at, long order, Runnable task) {}

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Later> timers = new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
  private long order;
  long nanos;
  Instant now = Instant.parse("2026-11-25T12:00:00Z");
  int room = Integer.MAX_VALUE;
  Object rules = new Object();
  int slices;
  final List<Line> asked = new ArrayList<>();
  final List<String> cuts = new ArrayList<>();
  int diskFailures;
  @Nullable Throwable defect;
  /** To be thrown once, where a question for the time of day, for the room or for a line's answer comes in. */
  MemoryDisk.@Nullable Planted clockFault;
  MemoryDisk.@Nullable Planted roomFault;
  MemoryDisk.@Nullable Planted askFault;
  /** Planted faults that were told of. */
  int told;
  /** How often lines were asked. */
  int asks;
  private int ids;
  final JobService service;

  JobBench(Disk disk, JobLimits limits, String boot) throws IOException {
    service = new JobService(disk, limits, this, this::room, this, () -> nanos, this::now, () -> boot + ids++, this);
    service.load();
    service.start();
    run();
  }

  private int room(int parallel) {
    MemoryDisk.Planted fault = roomFault;
    roomFault = null;
    MemoryDisk.Planted.mayThrow(fault);
    return Math.min(parallel, room);
  }

  private Instant now() {
    MemoryDisk.Planted fault = clockFault;
    clockFault = null;
    MemoryDisk.Planted.mayThrow(fault);
    return now;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void after(long delay, Runnable task) {
    timers.add(new Later(nanos + delay, order++, task));
  }

  /** Does what can be done now. */
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
    assertThat(defect).isNull();
  }

  /** Tasks that wait for their time. */
  int timers() {
    return timers.size();
  }

  void advance(Duration time) {
    long until = nanos + time.toNanos();
    run();
    while (!timers.isEmpty() && timers.peek().at() <= until) {
      Later next = timers.poll();
      now = now.plusNanos(Math.max(0, next.at() - nanos));
      nanos = Math.max(nanos, next.at());
      tasks.add(next.task());
      run();
    }
    now = now.plusNanos(until - nanos);
    nanos = until;
  }

  @Override
  public Object rules() {
    return rules;
  }

  @Override
  public List<@Nullable Object> around(Object by, List<byte[]> bodies) {
    slices++;
    return new ArrayList<>(Collections.nCopies(bodies.size(), null));
  }

  @Override
  public Asked ask(JobFacts job, String endpoint, byte[] body, Object by, @Nullable Object around, Done done) {
    MemoryDisk.Planted fault = askFault;
    askFault = null;
    MemoryDisk.Planted.mayThrow(fault);
    asks++;
    Line question = new Line(job, new String(body, StandardCharsets.UTF_8), around, done);
    asked.add(question);
    return question;
  }

  /** Answers all that are asked, and what is asked then. */
  void answerAll() {
    for (int i = 0; i < asked.size(); i++) {
      asked.get(i).answer();
      run();
    }
    asked.clear();
  }

  @Override
  public void cut(String name, long bytes) {
    cuts.add(name + " " + bytes);
  }

  @Override
  public void diskFailed(Exception why) {
    diskFailures++;
  }

  @Override
  public void defect(Throwable why) {
    if (why instanceof MemoryDisk.Planted) {
      told++;
    } else {
      defect = why;
    }
  }

  // A caller

  /** What a question was answered. */
  static final class Heard implements JobDesk.Answering, JobDesk.Piece {
    @Nullable JsonNode json;
    @Nullable ErrorAnswer error;
    JobDesk.@Nullable Content content;
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean ended;

    @Override
    public void json(byte[] text) {
      try {
        json = JSON.readTree(text);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void refused(ErrorAnswer why) {
      error = why;
    }

    @Override
    public void content(JobDesk.Content file) {
      content = file;
    }

    @Override
    public void read(byte[] piece) {
      bytes.writeBytes(piece);
      ended = piece.length == 0;
    }

    @Override
    public void failed() {
      throw new AssertionError("a file that cannot be read");
    }
  }

  Heard ask(Verb verb, String path, Caller caller, String body) {
    Heard heard = new Heard();
    int query = path.indexOf('?');
    service.ask(new Question(verb, query < 0 ? path : path.substring(0, query), query < 0 ? "" : path.substring(query + 1), caller, Sensitivity.PUBLIC,
        body.getBytes(StandardCharsets.UTF_8)), heard);
    run();
    return heard;
  }

  JsonNode get(String path, Caller caller) {
    Heard heard = ask(Verb.GET, path, caller, "");
    assertThat(heard.error).isNull();
    return heard.json;
  }

  Heard upload(Caller caller, String text) {
    JobDesk.Upload upload = service.upload(caller, Sensitivity.PUBLIC, "multipart/form-data; boundary=b");
    byte[] form = ("--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
        + text + "\r\n--b--\r\n").getBytes(StandardCharsets.UTF_8);
    upload.bytes(form);
    Heard heard = new Heard();
    upload.end(heard);
    run();
    return heard;
  }

  String submit(Caller caller, String text) {
    Heard file = upload(caller, text);
    assertThat(file.error).isNull();
    Heard batch = make(caller, file.json.get("id").asText());
    assertThat(batch.error).isNull();
    return batch.json.get("id").asText();
  }

  Heard make(Caller caller, String file) {
    return ask(Verb.POST, "/v1/batches", caller, "{\"input_file_id\":\"" + file + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}");
  }

  String status(String id, Caller caller) {
    return get("/v1/batches/" + id, caller).get("status").asText();
  }

  /** The custom ids and codes in a file of answers, in its order. */
  List<String> lines(String file, Caller caller) {
    Heard heard = ask(Verb.GET, "/v1/files/" + file + "/content", caller, "");
    assertThat(heard.error).isNull();
    while (!heard.ended) {
      heard.content.next(heard);
      run();
    }
    heard.content.close();
    List<String> out = new ArrayList<>();
    for (String line : heard.bytes.toString(StandardCharsets.UTF_8).split("\n")) {
      try {
        JsonNode json = JSON.readTree(line);
        String id = json.get("custom_id").asText();
        JsonNode response = json.get("response");
        if (response.isNull()) {
          out.add(id + " " + json.get("error").get("code").asText());
        } else if (response.get("status_code").asInt() != 200) {
          out.add(id + " " + response.at("/body/error/code").asText());
        } else {
          assertThat(response.at("/body/echo/messages/0/content").asText()).as("the answer of %s", id).isEqualTo("text of " + id);
          out.add(id);
        }
      } catch (IOException e) {
        throw new AssertionError(line, e);
      }
    }
    return out;
  }

  static String line(String id) {
    return "{\"custom_id\":\"" + id + "\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"text of "
        + id + "\"}]}}\n";
  }

  static String linesOf(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(line("c" + i));
    }
    return text.toString();
  }
}
