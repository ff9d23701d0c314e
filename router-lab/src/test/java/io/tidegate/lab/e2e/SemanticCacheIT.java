package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.Callers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers to questions in other words, over the whole daemon, with a private upstream as encoder. */
class SemanticCacheIT {
  private static final String ASKED = "How do I delete a branch in git?";
  private static final String IN_OTHER_WORDS = "How can I remove a branch in git?";
  private static final String KEY = "tk-semantic-one-0123456789abcdef";
  private static final String OTHER_KEY = "tk-semantic-two-0123456789abcdef";

  @TempDir
  private Path folder;

  private FakeEncoder encoder;
  private int revision;

  @BeforeEach
  void open() throws IOException {
    encoder = new FakeEncoder();
  }

  @AfterEach
  void close() {
    encoder.close();
  }

  private Path policies(String semantic) throws IOException {
    Path copy = Files.createDirectories(folder.resolve("policies"));
    try (Stream<Path> files = Files.list(TestBed.root().resolve("policies"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        String line = "    internal: {store: true, sampled: false, ttl: 5m}";
        Files.writeString(copy.resolve(file.getFileName()), text.replace(line, line.replace("}", semantic + "}")).replace("  revision: 1\n", "  revision: " + ++revision + "\n"));
      }
    }
    return copy;
  }

  private TestBed.Builder bed(String semantic) throws IOException {
    return TestBed.builder().policies(policies(semantic)).upstream(encoder.upstream())
        .section("semantic", "{encoder: upstream, embeddings: letters, deadline: 10s}");
  }

  private TestBed serving() throws IOException {
    return bed(", semantic: {mode: serve}").start();
  }

  private static String cache(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.headers().firstValue("x-tidegate-cache").orElseThrow();
  }

  private static long origin(TestBed bed) {
    return bed.publicOne.received().modelCalls();
  }

  @Test
  @DisplayName("C3 a question in other words has the stored answer, says so, and its record names whose answer with what score")
  void inOtherWords() throws IOException {
    try (TestBed bed = serving()) {
      HttpResponse<String> first = bed.chat("auto", ASKED, false);
      assertThat(cache(first)).isEqualTo("miss");
      HttpResponse<String> second = bed.chat("auto", IN_OTHER_WORDS, false);
      assertThat(cache(second)).isEqualTo("semantic");
      assertThat(second.body()).isEqualTo(first.body());
      assertThat(second.headers().firstValue("x-tidegate-destination")).contains("EDGE_CACHE");
      assertThat(origin(bed)).isEqualTo(1);
      assertThat(bed.metric("tidegate_semantic_total", "outcome=\"served\"")).isEqualTo(1);
      assertThat(bed.metric("tidegate_semantic_entries")).isEqualTo(1);
      assertThat(cache(bed.chat("auto", ASKED, false))).as("an equal question is still the exact cache's").isEqualTo("hit");
      String id = second.headers().firstValue("x-tidegate-request-id").orElseThrow();
      GrpcClientIT.await("the record tells it", () -> bed.admin("/admin/explain?id=" + id).contains("answered like the request with body digest"));
    }
  }

  @Test
  @DisplayName("C3 the answer of a stream is told again as a stream, and of none as none")
  void streams() throws IOException {
    try (TestBed bed = serving()) {
      HttpResponse<String> first = bed.chat("auto", ASKED, true);
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).as("the stream flag is part of the partition").isEqualTo("miss");
      HttpResponse<String> second = bed.chat("auto", IN_OTHER_WORDS, true);
      assertThat(cache(second)).isEqualTo("semantic");
      assertThat(second.body()).isEqualTo(first.body()).endsWith("data: [DONE]\n\n");
    }
  }

  @Test
  @DisplayName("C3 near misses that an encoder cannot tell apart go to the origin")
  void nearMisses() throws IOException {
    try (TestBed bed = serving()) {
      bed.chat("auto", "How do I convert 10 euros to dollars?", false);
      for (String other : new String[] {"How do I convert 01 euros to dollars?", "How do I convert 10 dollars to euros?", "How do I convert 10 euros to pounds?",
          "Why do I convert 10 euros to dollars?", "How do I not convert 10 euros to dollars?", "How do I convert 10 euros from dollars?"}) {
        assertThat(cache(bed.chat("auto", other, false))).as(other).isEqualTo("miss");
      }
      assertThat(origin(bed)).isEqualTo(7);
      assertThat(bed.metric("tidegate_semantic_total", "outcome=\"served\"")).isZero();
    }
  }

  @Test
  @DisplayName("G4 C1 nothing across tenants, models, parameters, system prompts, tools or earlier turns")
  void partitions() throws IOException {
    Path keys = Files.writeString(folder.resolve("keys"), "one:a:" + Callers.hashOf(KEY) + "\ntwo:b:" + Callers.hashOf(OTHER_KEY) + "\n");
    try (TestBed bed = bed(", semantic: {mode: serve}").section("callers", "{keysFile: '" + keys + "'}").start()) {
      String[] one = {"authorization", "Bearer " + KEY};
      bed.chat("auto", ASKED, false, one);
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false, "authorization", "Bearer " + OTHER_KEY))).as("another tenant").isEqualTo("miss");
      assertThat(cache(bed.chat(TestBed.PUBLIC_MODEL, IN_OTHER_WORDS, false, one))).as("another model").isEqualTo("miss");
      String body = TestBed.body("auto", IN_OTHER_WORDS, false);
      assertThat(cache(bed.post("/v1/chat/completions", body.replace("\"temperature\":0", "\"temperature\":0,\"max_tokens\":5"), one))).as("a parameter").isEqualTo("miss");
      assertThat(cache(bed.post("/v1/chat/completions", body.replace("\"messages\":[", "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},"), one)))
          .as("a system prompt").isEqualTo("miss");
      assertThat(cache(bed.post("/v1/chat/completions", body.replace("\"messages\":[",
          "\"messages\":[{\"role\":\"user\",\"content\":\"Hello.\"},{\"role\":\"assistant\",\"content\":\"Hi.\"},"), one))).as("earlier turns").isEqualTo("miss");
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false, one))).as("the same in all").isEqualTo("semantic");
    }
  }

  @Test
  @DisplayName("G1 the encoder is asked as for RESTRICTED content: with none at home the question goes its way without, and no vector is asked of PUBLIC")
  void vectorsAreMadeAtHome() throws IOException {
    try (TestBed bed = bed(", semantic: {mode: serve}").start()) {
      bed.chat("auto", ASKED, false);
      assertThat(encoder.asked).containsExactly(ASKED);
      encoder.close();
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).isEqualTo("miss");
      assertThat(bed.publicOne.received().contains("/v1/embeddings".getBytes(StandardCharsets.UTF_8))).isFalse();
      assertThat(bed.publicOne.received().contains("\"input\"".getBytes(StandardCharsets.UTF_8))).isFalse();
      assertThat(origin(bed)).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("G1 restricted content is asked of no encoder, and answers nobody else")
  void restrictedNever() throws IOException {
    try (TestBed bed = serving()) {
      bed.chat("auto", ASKED, false, "x-tidegate-sensitivity", "restricted");
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false, "x-tidegate-sensitivity", "restricted"))).isEqualTo("bypass");
      assertThat(encoder.asked).isEmpty();
    }
  }

  @Test
  @DisplayName("a policy that says nothing asks no encoder")
  void offByDefault() throws IOException {
    try (TestBed bed = bed("").start()) {
      bed.chat("auto", ASKED, false);
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).isEqualTo("miss");
      assertThat(encoder.asked).isEmpty();
    }
  }

  @Test
  @DisplayName("in shadow the origin is asked, and what would have been served is counted and recorded")
  void shadow() throws IOException {
    try (TestBed bed = bed(", semantic: {mode: shadow}").start()) {
      bed.chat("auto", ASKED, false);
      GrpcClientIT.await("the first question is kept", () -> bed.metric("tidegate_semantic_entries") == 1);
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).isEqualTo("miss");
      assertThat(origin(bed)).isEqualTo(2);
      GrpcClientIT.await("it is counted", () -> bed.metric("tidegate_semantic_total", "outcome=\"shadowed\"") == 1);
      assertThat(bed.metric("tidegate_semantic_total", "outcome=\"served\"")).isZero();
    }
  }

  @Test
  @DisplayName("G5 an encoder that hangs holds a question until the deadline, and no longer")
  void hangingEncoder() throws IOException {
    try (TestBed bed = bed(", semantic: {mode: serve}").section("semantic", "{encoder: upstream, embeddings: letters, deadline: 100ms}").start()) {
      encoder.hang();
      assertThat(cache(bed.chat("auto", ASKED, false))).isEqualTo("miss");
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).isEqualTo("miss");
      assertThat(origin(bed)).isEqualTo(2);
      assertThat(bed.metric("tidegate_semantic_total", "outcome=\"late\"") + bed.metric("tidegate_semantic_total", "outcome=\"unreadable\"")).isEqualTo(2);
    }
  }

  @Test
  @DisplayName("C6 another bundle reaches none of the answers of the one before")
  void anotherBundle() throws IOException {
    try (TestBed bed = serving()) {
      bed.chat("auto", ASKED, false);
      String before = bed.chat("auto", IN_OTHER_WORDS, false).headers().firstValue("x-tidegate-policy").orElseThrow();
      policies(", semantic: {mode: serve, threshold: 0.81}");
      bed.daemon.reloadPolicies();
      GrpcClientIT.await("the other bundle decides", () -> !bed.chat("auto", "Tell a story.", false).headers().firstValue("x-tidegate-policy").orElseThrow().equals(before));
      assertThat(cache(bed.chat("auto", IN_OTHER_WORDS, false))).isEqualTo("miss");
    }
  }
}
