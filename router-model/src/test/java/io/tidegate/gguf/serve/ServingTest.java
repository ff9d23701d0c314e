package io.tidegate.gguf.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.fake.FakeWeights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServingTest {
  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("R3.5 another file takes over while an answer is under way, which is finished by the old one; a bad file changes nothing")
  void swaps() throws Exception {
    Path socket = Files.createTempDirectory("tgs").resolve("s");
    Path file = Files.writeString(folder.resolve("m.gguf"), "1");
    List<FakeWeights> loaded = new ArrayList<>();
    List<String> complaints = new ArrayList<>();
    try (ModelServer server = new ModelServer(new Settings(socket, "rw-------", 4096, 8, 3, true), new Random(1), InstantSource.system());
        Serving serving = new Serving(server, file, path -> {
          if (Files.readString(path).equals("bad")) {
            throw new IOException("not a model");
          }
          FakeWeights weights = new FakeWeights();
          loaded.add(weights);
          return weights;
        }, weights -> new Batcher(weights, 2, 256, 1, 20, System::nanoTime), InstantSource.system(), 20_000)) {
      assertThat(serving.look(complaints::add)).isEqualTo(Serving.Look.SAME);
      Files.writeString(file, "bad");
      assertThat(serving.look(complaints::add)).isEqualTo(Serving.Look.REFUSED);
      assertThat(serving.look(complaints::add)).as("told once").isEqualTo(Serving.Look.SAME);
      assertThat(complaints).containsExactly("not a model");
      CountDownLatch gate = new CountDownLatch(1);
      loaded.get(0).gate = gate;
      try (UnixClient client = new UnixClient(socket); UnixClient later = new UnixClient(socket)) {
        client.send("POST", "/v1/completions", "{\"prompt\":\"ab\",\"max_tokens\":6}");
        // Until it is in the old model's hands: one that came later would be the new one's.
        for (int i = 0; i < 10_000 && !new UnixProbe(socket).slots().contains("true"); i++) {
          Thread.sleep(1);
        }
        Files.writeString(file, "22");
        CompletableFuture<Serving.Look> change = CompletableFuture.supplyAsync(() -> {
          try {
            return serving.look(complaints::add);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
        String answer = "";
        // Until the new one is served: it has no slot that is busy.
        for (int i = 0; i < 10_000 && (loaded.size() < 2 || new UnixProbe(socket).slots().contains("true")); i++) {
          Thread.sleep(1);
        }
        assertThat(loaded).hasSize(2);
        answer = later.post("/v1/completions", "{\"prompt\":\"xy\",\"max_tokens\":2}");
        assertThat(answer).contains("\"text\":\"xy\"");
        assertThat(change.isDone()).as("the old one has an answer under way").isFalse();
        gate.countDown();
        assertThat(client.receive()).contains("\"text\":\"ababab\"");
        assertThat(change.get(20, TimeUnit.SECONDS)).isEqualTo(Serving.Look.TAKEN);
        assertThat(loaded.get(0).opened.get(0).closed).isTrue();
        assertThat(loaded.get(1).opened.get(0).closed).isFalse();
      }
    }
    assertThat(loaded.get(1).opened.get(0).closed).isTrue();
    Files.deleteIfExists(socket);
  }

  /** Asks for the slots once. */
  private record UnixProbe(Path socket) {
    String slots() throws IOException {
      try (UnixClient client = new UnixClient(socket)) {
        return client.get("/slots");
      }
    }
  }
}
