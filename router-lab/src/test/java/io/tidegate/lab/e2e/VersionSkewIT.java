package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two builds of different versions on one host, over the same sockets and the same files: the packaged daemon, and one that is compiled from its sources with
 * more in every format than this version knows, or with another form of one. As for an operator, the version is exchanged where the unit finds it.
 */
@Tag("long")
class VersionSkewIT {
  private static final String NEXT = "99.0.0";

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static OtherVersion named(String version) throws IOException {
    return new OtherVersion().with("daemon/Version.java", "return version == null ? \"development\" : version;", "return \"" + version + "\";");
  }

  /** A version that says more, wherever formats have room for it. */
  private static OtherVersion next() throws IOException {
    return named(NEXT).with("audit/Format.java", "MINOR = 1;", "MINOR = 2;")
        .with("audit/Chain.java", "opening.octet(Format.MINOR);", "opening.octet(Format.MINOR); opening.string(\"later\");")
        .with("audit/RecordWriter.java", "      out.strings(residency.regions(), MAX_ITEMS);\n    }\n", "      out.strings(residency.regions(), MAX_ITEMS);\n    }\n    out.string(\"later\");\n")
        .with("audit/RecordReader.java", "reader.in.hasRemaining() && !Format.isNewer(minor)", "reader.in.hasRemaining() && minor > 2")
        .with("jobs/JobRecord.java", "new JsonWriter().beginObject().key(\"id\")", "new JsonWriter().beginObject().key(\"tariff\").string(\"night\").key(\"id\")")
        .with("jobs/JobLedger.java", "new JsonWriter().beginObject().key(\"to\")", "new JsonWriter().beginObject().key(\"by\").string(\"later\").key(\"to\")")
        .with("jobs/StoredFile.java", "return new JsonWriter().beginObject().key(\"id\")", "return new JsonWriter().beginObject().key(\"tariff\").string(\"night\").key(\"id\")")
        .with("daemon/policy/StateDirectory.java", "accepted.manifestDigest() + \"\\n\"", "accepted.manifestDigest() + \" later\\n\"")
        .with("cache/Sealing.java", "VERSION = 1;", "VERSION = 2;");
  }

  /** Exchanges what {@code program} leads to, in one step. */
  private Path install(Path version) throws IOException {
    Path link = folder.resolve("program");
    Path fresh = Files.createSymbolicLink(folder.resolve("program.new"), version);
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return link.resolve("bin/tidegate");
  }

  private static Path packaged() {
    return Supervisor.launcher().getParent().getParent();
  }

  private Supervisor supervisor(CountingUpstream upstream, Path launcher) throws IOException {
    return new Supervisor(folder, launcher, List.of("--names", "http:grpc:admin"),
        "jobs: {directory: '" + folder.resolve("jobs") + "', parallel: 2}\n" + RestartsIT.yaml(upstream, folder));
  }

  private String running(Supervisor supervisor) throws IOException, InterruptedException {
    String status = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + supervisor.admin + "/admin/status")).build(), HttpResponse.BodyHandlers.ofString()).body();
    return status.replaceAll("(?s).*?\"version\":\"([^\"]*)\".*", "$1");
  }

  private HttpResponse<String> chat(Supervisor supervisor, int number) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + supervisor.http + "/v1/chat/completions")).header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", "question-" + number + "-", false))).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String lines(int from) {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i < from + 60; i++) {
      lines.append(JobClient.line("c" + i, "auto", "question-" + i + "-"));
    }
    return lines.toString();
  }

  private static void good(Supervisor.Did did, String... parts) {
    assertThat(did.code()).as(did.text()).isZero();
    assertThat(did.text()).contains(parts);
  }

  @Test
  @DisplayName("G5 G7 skew: an upgrade to a version that writes more, and back: no request lost, its jobs are finished, its records read and verified, by either")
  void thereAndBack() throws Exception {
    Path older = packaged();
    Path newer = next().build(folder.resolve("next"));
    try (CountingUpstream upstream = new CountingUpstream(); Supervisor supervisor = supervisor(upstream, install(older))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      String before = running(supervisor);
      try (SteadyLoad load = new SteadyLoad(supervisor.http, supervisor.grpc, 50, upstream)) {
        JobClient jobs = new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1);
        String first = jobs.submit(lines(90_000));

        install(newer);
        supervisor.ordered("start " + Supervisor.STAND_IN);
        supervisor.ordered("stop " + Supervisor.MAIN);
        assertThat(running(supervisor)).isEqualTo(NEXT).isNotEqualTo(before);
        GrpcClientIT.await(Duration.ofSeconds(60), "the next version has the jobs", () -> status(jobs, "/v1/batches/" + first) == 200);
        String second = new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1).submit(lines(91_000));
        String byNext = chat(supervisor, 92_000).headers().firstValue("x-tidegate-request-id").orElseThrow();
        String nextSays = supervisor.tidegate("status", "--config", supervisor.config.toString()).text();
        assertThat(nextSays).contains(NEXT);

        install(older);
        // The command line is the older version's already, the daemon still the newer one's.
        good(supervisor.tidegate("status", "--config", supervisor.config.toString()), NEXT, "ready");
        supervisor.ordered("start " + Supervisor.MAIN);
        supervisor.ordered("stop " + Supervisor.STAND_IN);
        assertThat(running(supervisor)).isEqualTo(before);
        for (String batch : List.of(first, second)) {
          GrpcClientIT.await(Duration.ofSeconds(60), "the older version has the jobs", () -> status(jobs, "/v1/batches/" + batch) == 200);
          assertThat(jobs.over(batch, Duration.ofSeconds(60)).get("request_counts").get("completed").asInt()).isEqualTo(60);
        }
        assertThat(chat(supervisor, 92_001).statusCode()).isEqualTo(200);
        RestartsIT.judgeAll("there and back", load.end(), upstream);

        String audit = folder.resolve("audit").toString();
        good(supervisor.tidegate("audit", "verify", "--directory", audit), "sound:");
        good(supervisor.tidegate("audit", "show", byNext, "--directory", audit), byNext);
        good(supervisor.tidegate("policy", "replay", "--from", audit, "--policy", TestBed.root().resolve("policies").toAbsolutePath().normalize().toString()), "decisions");
        install(newer);
        good(supervisor.tidegate("audit", "verify", "--directory", audit), "sound:");
        good(supervisor.tidegate("status", "--config", supervisor.config.toString()), before, "ready");
      }
      assertThat(supervisor.log(Supervisor.MAIN) + supervisor.log(Supervisor.STAND_IN)).doesNotContain("\"level\":\"ERROR\"");
    }
  }

  private static int status(JobClient jobs, String path) {
    try {
      return jobs.get(path).status();
    } catch (IOException | InterruptedException lost) {
      throw new IllegalStateException(lost);
    }
  }

  @Test
  @DisplayName("G5 skew: a version that cannot read the running one's session labels does not start, says why, and the running one goes on serving")
  void otherLabels() throws Exception {
    Path labels = named("labels").with("session/LabelFile.java", "0x3153_5345_5345_4454L", "0x3253_5345_5345_4454L").build(folder.resolve("labels"));
    try (CountingUpstream upstream = new CountingUpstream(); Supervisor supervisor = supervisor(upstream, install(labels))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      try (SteadyLoad load = new SteadyLoad(supervisor.http, supervisor.grpc, 50, upstream)) {
        install(packaged());
        Supervisor.Did did = supervisor.tidegate("upgrade", "--units", folder.resolve("units").toString());
        assertThat(did.code()).as(did.text()).isEqualTo(1);
        assertThat(did.text()).contains("tidegate.service was not touched", "failed: exit 78");
        assertThat(supervisor.log(Supervisor.STAND_IN)).contains("sessions.labels cannot be used: another version wrote it, in form 2, and this one reads form 1");
        assertThat(running(supervisor)).isEqualTo("labels");
        assertThat(chat(supervisor, 90_000).statusCode()).isEqualTo(200);
        RestartsIT.judgeAll("refused", load.end(), upstream);
      }
    }
  }

  @Test
  @DisplayName("G5 R2.7 skew: jobs in another version's form are refused and left as they are; chat goes on")
  void otherJobs() throws Exception {
    Path forms = named("forms").with("jobs/Form.java", "OWN = 1;", "OWN = 2;").build(folder.resolve("forms"));
    try (CountingUpstream upstream = new CountingUpstream(); Supervisor supervisor = supervisor(upstream, install(forms))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      JobClient jobs = new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1);
      jobs.over(jobs.submit(lines(90_000)), Duration.ofSeconds(60));
      String before = listing();
      install(packaged());
      supervisor.ordered("start " + Supervisor.STAND_IN);
      supervisor.ordered("stop " + Supervisor.MAIN);
      GrpcClientIT.await(Duration.ofSeconds(30), "it says why", () -> log(supervisor).contains("it was written by another version: its file 'form' says 'tidegate jobs 2'"));
      assertThat(chat(supervisor, 91_000).statusCode()).isEqualTo(200);
      assertThat(status(new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1), "/v1/batches")).isEqualTo(503);
      assertThat(listing()).isEqualTo(before);
      supervisor.ordered("stop " + Supervisor.STAND_IN);
      assertThat(supervisor.order("start " + Supervisor.MAIN)).as("by itself it does not start").isEqualTo(new Supervisor.Did(1, "Job for tidegate.service failed: exit 78.\n"));
    }
  }

  private static String log(Supervisor supervisor) {
    try {
      return supervisor.log(Supervisor.STAND_IN);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String listing() throws IOException {
    StringBuilder all = new StringBuilder();
    try (var files = Files.list(folder.resolve("jobs"))) {
      for (Path file : files.sorted().toList()) {
        all.append(file.getFileName()).append(' ').append(Files.size(file)).append('\n');
      }
    }
    return all.toString();
  }
}
