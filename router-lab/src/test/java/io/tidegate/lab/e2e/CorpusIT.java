package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.classify.TypeScores;
import io.tidegate.lab.emulator.Canary;
import io.tidegate.lab.record.ReceivedRequest;
import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every row of the corpora, as a chat request through the daemon's port, with the shipped policy and the public emulator recording. Writes
 * {@code target/accuracy.md}, which {@code docs/accuracy.md} shows. Failures name rows by file and line, never their text.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusIT {
  private static final int SENDERS = 4;

  private final Map<CorpusRow, Went> rows = new LinkedHashMap<>();
  private TestBed bed;
  /** The texts of the messages that the public emulator received. */
  private final Set<String> outside = new HashSet<>();

  private record Went(Sensitivity sensitivity, Destination destination) {}

  @BeforeAll
  void replay() throws IOException, InterruptedException, ExecutionException {
    bed = TestBed.builder().section("cache", "{enabled: false}").start();
    List<CorpusRow> all = CorpusRow.all(TestBed.root().resolve("router-lab/corpora"));
    ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    try {
      List<Future<Went>> sent = new ArrayList<>();
      all.forEach(row -> sent.add(senders.submit(() -> send(row))));
      for (int i = 0; i < sent.size(); i++) {
        rows.put(all.get(i), sent.get(i).get());
      }
    } finally {
      senders.shutdownNow();
      senders.awaitTermination(5, TimeUnit.SECONDS);
    }
    ObjectMapper mapper = new ObjectMapper();
    for (ReceivedRequest request : bed.publicOne.received().requests()) {
      if (request.modelCall()) {
        outside.add(mapper.readTree(request.request().body()).get("messages").get(0).get("content").asText());
      }
    }
  }

  private Went send(CorpusRow row) {
    HttpResponse<String> answer = bed.chat("auto", row.text(), false);
    assertThat(answer.statusCode()).as(row.toString()).isEqualTo(200);
    return new Went(Sensitivity.valueOf(answer.headers().firstValue("x-tidegate-sensitivity").orElseThrow()),
        Destination.valueOf(answer.headers().firstValue("x-tidegate-destination").orElseThrow()));
  }

  @AfterAll
  void stop() {
    bed.close();
  }

  @Test
  @DisplayName("G1 the answers' headers and the public emulator's record agree on every row")
  void headersAgreeWithTheRecord() {
    List<CorpusRow> lied = new ArrayList<>();
    rows.forEach((row, went) -> {
      if (outside.contains(row.text()) != (went.destination == Destination.PUBLIC)) {
        lied.add(row);
      }
    });
    assertThat(lied).isEmpty();
    assertThat(outside).as("the recorder does record").hasSizeGreaterThan(1000);
  }

  @Test
  @DisplayName("G1 no row with a valid check digit or a vendor's prefix leaves, and no such value in any spelling")
  void provableValuesStay() {
    List<CorpusRow> left = new ArrayList<>();
    List<CorpusRow> lower = new ArrayList<>();
    List<CorpusRow> owners = new ArrayList<>();
    List<String> values = new ArrayList<>();
    rows.forEach((row, went) -> {
      if (!row.restricted() || !ProvableValue.anyIn(row, type -> true)) {
        return;
      }
      if (outside.contains(row.text())) {
        left.add(row);
      }
      if (went.sensitivity != Sensitivity.RESTRICTED) {
        lower.add(row);
      }
      for (CorpusRow.Label label : row.labels()) {
        if (ProvableValue.proves(label.type(), row.value(label)) && row.value(label).getBytes(StandardCharsets.UTF_8).length >= 8) {
          owners.add(row);
          values.add(row.value(label));
        }
      }
    });
    assertThat(left).as("rows at the public emulator").isEmpty();
    assertThat(lower).as("rows classified lower").isEmpty();
    assertThat(values).as("values that prove themselves").hasSizeGreaterThan(1000);
    assertThat(Canary.searchAll(bed.publicOne, values).stream().map(sighting -> owners.get(sighting.index()) + " " + sighting.form()).toList())
        .as("values at the public emulator").isEmpty();
  }

  @Test
  @DisplayName("classification.md 6 miss rates and false alarms, by file and by type, go to target/accuracy.md")
  void table() throws IOException {
    AccuracyTable table = new AccuracyTable();
    rows.forEach((row, went) -> table.add(row, went.sensitivity, went.destination));
    String markdown = table.markdown() + "\n" + TypeScores.of(TestBed.root().resolve("router-lab/corpora")).markdown() + "\n" + TypeScores.heldOut();
    Files.writeString(Path.of("target", "accuracy.md"), markdown);
    assertThat(markdown).contains("zh_pii_bench_formal", "| CN_ID |");
    // Where the rows stand, for whoever works on the detectors: file and line only.
    List<String> wrong = new ArrayList<>();
    rows.forEach((row, went) -> {
      if (row.restricted() && went.sensitivity != Sensitivity.RESTRICTED || row.negative() && went.sensitivity.compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
        wrong.add(row + " " + (row.restricted() ? "missed " : "raised ") + went.sensitivity);
      }
    });
    Files.write(Path.of("target", "accuracy-rows.txt"), wrong);
  }
}
