package io.tidegate.gguf.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.gguf.bench.Meter;
import io.tidegate.gguf.engine.Batcher;
import io.tidegate.gguf.engine.Ending;
import io.tidegate.gguf.engine.Fault;
import io.tidegate.gguf.engine.Order;
import io.tidegate.gguf.engine.Prompt;
import io.tidegate.gguf.engine.Reply;
import io.tidegate.gguf.engine.Sampling;
import io.tidegate.gguf.engine.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gemma 3 270M itself, as script/model installs it. One thread: barriers between threads cost more than they win on a busy machine. */
class RealModelIT {
  private static @Nullable LlamaWeights loaded;

  @TempDir Path folder = Path.of("");

  @BeforeAll
  static void load() throws IOException {
    Path file = Path.of(System.getProperty("tidegate.root", ".."), ".local/models/gemma-3-270m-q4_k_m.gguf");
    assumeTrue(Files.isRegularFile(file), "script/model install has not been run");
    loaded = LlamaWeights.load(file, "gemma", 1);
  }

  @AfterAll
  static void close() {
    if (loaded != null) {
      loaded.close();
    }
  }

  private static LlamaWeights weights() {
    return java.util.Objects.requireNonNull(loaded);
  }

  private static final class Heard implements Reply {
    final StringBuilder text = new StringBuilder();
    @Nullable Ending ending;

    @Override
    public void text(String piece) {
      text.append(piece);
    }

    @Override
    public void ended(Ending how) {
      ending = how;
    }

    @Override
    public void failed(Fault fault) {
      throw new AssertionError(fault);
    }
  }

  private static List<Heard> answer(int slots, List<Order> orders) {
    List<Heard> all = new ArrayList<>();
    try (Batcher batcher = new Batcher(weights(), slots, 256, 16, 64, System::nanoTime)) {
      for (Order order : orders) {
        Heard heard = new Heard();
        assertThat(batcher.submit(order, heard)).isPresent();
        all.add(heard);
      }
      while (batcher.intake() || batcher.round()) {
        // On.
      }
    }
    return all;
  }

  private static Order order(String prompt, int most) {
    return new Order(Prompt.text(prompt), Sampling.GREEDY, most, List.of());
  }

  @Test
  @DisplayName("R5 the file says what it is, and a text is the same after tokens and back")
  void card() {
    assertThat(weights().card()).satisfies(card -> {
      assertThat(card.description()).contains("gemma3", "Q4_K");
      assertThat(card.vocabulary()).isEqualTo(262_144);
      assertThat(card.parameters()).isEqualTo(268_098_176);
    });
    StringBuilder back = new StringBuilder();
    for (int token : weights().tokens("né 今天 😀 end", false, false)) {
      back.append(new String(weights().piece(token), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    assertThat(new String(back.toString().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("né 今天 😀 end");
  }

  @Test
  @DisplayName("G4 what stands beside a prompt in the batch does not reach it: other neighbours of the same length change no token")
  void neighbours() {
    Order middle = order("Once upon a time, in a small village by the sea,", 8);
    List<String> answers = new ArrayList<>();
    // The same lengths, so that the arithmetic is the same: sums in another order round otherwise.
    for (List<String> beside : List.of(List.of("The capital of France is", "Water boils at"), List.of("My number is 4711 and", "Cats like to"))) {
      List<Order> orders = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        orders.add(new Order(Prompt.tokens(java.util.Arrays.copyOf(weights().tokens(beside.get(i), true, false), 4)), Sampling.GREEDY, 8, List.of()));
      }
      orders.add(1, middle);
      List<Heard> heard = answer(3, orders);
      answers.add(heard.get(1).text.toString());
      assertThat(java.util.Objects.requireNonNull(heard.get(1).ending).completionTokens()).isEqualTo(8);
    }
    assertThat(answers.get(1)).isEqualTo(answers.get(0));
    assertThat(answer(1, List.of(middle, middle)).stream().map(heard -> heard.text.toString()).distinct()).as("nor what was there before").hasSize(1);
  }

  @Test
  @DisplayName("R5 one seed, one answer; another seed, another")
  void seeds() {
    Sampling warm = new Sampling(1, 40, 0.95, 0, 0, 0, 7, false);
    Order first = new Order(Prompt.text("My favourite"), warm, 12, List.of());
    Order other = new Order(Prompt.text("My favourite"), warm.withSeed(8), 12, List.of());
    List<Heard> heard = answer(1, List.of(first, first, other));
    assertThat(heard.get(1).text).hasToString(heard.get(0).text.toString());
    assertThat(heard.get(2).text.toString()).isNotEqualTo(heard.get(0).text.toString());
  }

  @Test
  @DisplayName("A17 the mark of a turn inside a message is characters to the real tokeniser, while the template's own is a mark")
  void marks() {
    int[] asMark = weights().tokens("<end_of_turn>", false, true);
    assertThat(asMark).hasSize(1);
    assertThat(weights().marks(asMark[0])).isTrue();
    assertThat(weights().tokens("<end_of_turn>", false, false).length).isGreaterThan(1);
    List<Heard> heard = answer(1, List.of(new Order(Prompt.chat(List.of(new Turn(Turn.Role.USER, "Hello <end_of_turn> there"))), Sampling.GREEDY, 4, List.of())));
    assertThat(heard.get(0).ending).isNotNull();
  }

  @Test
  @DisplayName("R5 JSON is JSON where it is asked for")
  void json() {
    Sampling json = new Sampling(0, 40, 1, 0, 0, 0, 0, true);
    String text = answer(1, List.of(new Order(Prompt.text("A person as JSON: "), json, 24, List.of()))).get(0).text.toString();
    assertThat(text).startsWith("{");
  }

  @Test
  @DisplayName("R5 vectors have length one, and like texts are nearer than unlike ones")
  void embeddings() throws Exception {
    float[] cat = weights().embedding(weights().tokens("The cat sleeps on the sofa.", true, false));
    float[] kitten = weights().embedding(weights().tokens("A kitten is asleep on the couch.", true, false));
    float[] invoice = weights().embedding(weights().tokens("def parse(xs): return [int(x) for x in xs]", true, false));
    assertThat(dot(cat, cat)).isBetween(0.999, 1.001);
    assertThat(dot(cat, kitten)).isGreaterThan(dot(cat, invoice));
    assertThat(cat).hasSize(640);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  @DisplayName("R5.2 a sensible text is foreseen far better than chance")
  void perplexity() throws Exception {
    try (Meter meter = new Meter(weights(), 128, System::nanoTime)) {
      int[] text = weights().tokens("The patient should take one tablet in the morning with a glass of water.", true, false);
      assertThat(meter.foresight(text).perplexity()).isBetween(2.0, 200.0);
    }
  }

  @Test
  @DisplayName("R5 a file that is no model is refused with a reason, and the process lives")
  void noModel() throws IOException {
    Path broken = Files.writeString(folder.resolve("x.gguf"), "GGUF but not more");
    assertThatThrownBy(() -> LlamaWeights.load(broken, "x", 1)).isInstanceOf(IOException.class).hasMessageContaining("not a model");
    assertThatThrownBy(() -> LlamaWeights.load(folder.resolve("absent.gguf"), "x", 1)).isInstanceOf(IOException.class);
    assertThat(weights().chat(List.of(new Turn(Turn.Role.USER, "x")))).isEqualTo(Optional.of("User: x\nAssistant:"));
  }
}
