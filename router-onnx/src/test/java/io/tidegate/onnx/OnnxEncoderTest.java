package io.tidegate.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.embed.TextEncoder;
import io.tidegate.semantic.Fingerprint;
import io.tidegate.semantic.Lexicon;
import io.tidegate.semantic.Pairs;
import io.tidegate.semantic.Pairs.Pair;
import io.tidegate.semantic.Reader;
import io.tidegate.semantic.SemanticIndex;
import io.tidegate.semantic.SemanticIndex.Partition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two real models, as an operator would configure them: all-MiniLM-L6-v2 for English and bge-small-zh for Chinese, both quantised. */
class OnnxEncoderTest {
  /** The policy's default. */
  private static final float THRESHOLD = 0.8f;

  @TempDir
  private static Path folder;

  private static TextEncoder english;
  private static TextEncoder chinese;

  @BeforeAll
  static void open() throws IOException {
    english = open("all-minilm-l6-v2-q", "all-minilm-l6-v2-q", new TextEncoder.Terms(128, false));
    chinese = open("bge-small-zh-v1.5-q", "bge-small-zh-v1.5-q", new TextEncoder.Terms(512, true));
  }

  private static TextEncoder open(String model, String tokenizer, TextEncoder.Terms terms) throws IOException {
    return ServiceLoader.load(TextEncoder.Provider.class).findFirst().orElseThrow().open(file(model + ".onnx"), file(tokenizer + "-tokenizer.json"), terms);
  }

  private static Path file(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = Objects.requireNonNull(OnnxEncoderTest.class.getResourceAsStream("/" + name))) {
      Files.copy(in, file);
    }
    return file;
  }

  @AfterAll
  static void close() {
    english.close();
    chinese.close();
  }

  private static float likeness(TextEncoder model, String one, String other) {
    return SemanticIndex.likeness(Objects.requireNonNull(model.encode(one)), Objects.requireNonNull(model.encode(other)));
  }

  /** What a daemon with these two models would do with the second question once the first was answered. */
  private static boolean served(Reader reader, Pair pair) {
    SemanticIndex<String> index = new SemanticIndex<>(10, 1 << 20);
    Encoded first = encode(pair.left());
    Encoded second = encode(pair.right());
    Optional<Fingerprint> one = reader.read(pair.left());
    Optional<Fingerprint> other = reader.read(pair.right());
    if (first == null || second == null || one.isEmpty() || other.isEmpty()) {
      return false;
    }
    index.add(new Partition(0, 0, first.model), first.vector, one.get(), "answer", 10, 0);
    return index.find(new Partition(0, 0, second.model), second.vector, other.get(), THRESHOLD, 0).value() != null;
  }

  private record Encoded(int model, float[] vector) {}

  private static @Nullable Encoded encode(String text) {
    float[] vector = english.encode(text);
    if (vector != null) {
      return new Encoded(0, vector);
    }
    vector = chinese.encode(text);
    return vector == null ? null : new Encoded(1, vector);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"tuning", "heldout"})
  @DisplayName("C3 at the default threshold no near miss is served, and of the paraphrases at least 60 in 100")
  void pairs(String half) {
    Reader reader = new Reader(new Lexicon(), 1, 2);
    TreeMap<String, int[]> byKind = new TreeMap<>();
    for (Pair pair : Pairs.of(half)) {
      boolean served = served(reader, pair);
      assertThat(served && !pair.same()).as(pair.toString()).isFalse();
      int[] count = byKind.computeIfAbsent(pair.kind() + (pair.chinese() ? " zh" : " en"), kind -> new int[2]);
      count[0] += served ? 1 : 0;
      count[1]++;
    }
    StringBuilder table = new StringBuilder(half);
    byKind.forEach((kind, count) -> table.append("; ").append(kind).append(' ').append(count[0]).append('/').append(count[1]));
    System.out.println(table);
    int[] en = byKind.get("same en");
    int[] zh = byKind.get("same zh");
    assertThat(en[0] + zh[0]).as(table.toString()).isGreaterThanOrEqualTo((en[1] + zh[1]) * 6 / 10);
  }

  @Test
  @DisplayName("C3 vectors alone would serve what they must not: opposites are nearer than the threshold")
  void vectorsAlone() {
    assertThat(likeness(english, "How do I convert euros to dollars?", "How do I convert dollars to euros?")).isGreaterThan(0.95f);
    assertThat(likeness(english, "How do I delete user 1001?", "How do I delete user 1002?")).isGreaterThan(0.9f);
    assertThat(likeness(english, "What is the capital of France?", "What is the recipe for goulash?")).isLessThan(0.5f);
  }

  @Test
  @DisplayName("C3 a text longer than the model reads has no vector, whatever its tail says")
  void tooLong() {
    String text = "the cat sat on the mat ".repeat(30);
    assertThat(english.encode(text + "and was HIV positive")).isNull();
    assertThat(english.encode("the cat sat on the mat ".repeat(10))).isNotNull();
  }

  @Test
  @DisplayName("C3 a text with a word the model has no token for has no vector; capitals alone do not make one unknown")
  void unknown() {
    assertThat(english.encode("什么是递归？")).isNull();
    assertThat(chinese.encode("什么是递归？")).isNotNull();
    assertThat(english.encode("what is this ☃")).isNull();
    assertThat(likeness(chinese, "Who is Alice?", "who is alice?")).isEqualTo(1f, org.assertj.core.data.Offset.offset(1e-4f));
    assertThat(likeness(chinese, "Who is Alice?", "Who is Bob?")).isLessThan(0.95f);
  }

  @Test
  @DisplayName("words are cut as BERT cuts them")
  void tokens() throws IOException {
    assertThat(WordPiece.words("Café-Münch's 10,5€ 北京!")).containsExactly("cafe", "-", "munch", "'", "s", "10", ",", "5€", "北", "京", "!");
    WordPiece words = WordPiece.read(folder.resolve("all-minilm-l6-v2-q-tokenizer.json"));
    assertThat(words.tokens("Embeddings are fun", 128)).containsExactly(101, 7861, 8270, 4667, 2015, 2024, 4569, 102);
    assertThat(words.tokens("", 128)).isEmpty();
    assertThat(words.tokens("a b c", 4)).as("[CLS] a b [SEP] at most").isEmpty();
    assertThat(words.tokens("a b", 4)).hasSize(4);
  }

  @Test
  @DisplayName("files that are something else are refused with what to do")
  void wrongFiles() throws IOException {
    Path text = Files.writeString(folder.resolve("text.onnx"), "no model");
    Path tokenizer = folder.resolve("all-minilm-l6-v2-q-tokenizer.json");
    TextEncoder.Provider provider = new OnnxEncoder.Opening();
    TextEncoder.Terms terms = new TextEncoder.Terms(128, false);
    assertThatThrownBy(() -> provider.open(text, tokenizer, terms)).isInstanceOf(IOException.class).hasMessageContaining("Fix:");
    assertThatThrownBy(() -> provider.open(folder.resolve("absent.onnx"), tokenizer, terms)).isInstanceOf(IOException.class).hasMessageContaining("Fix:");
    assertThatThrownBy(() -> provider.open(folder.resolve("all-minilm-l6-v2-q.onnx"), Files.writeString(folder.resolve("t.json"), "{\"model\":{\"type\":\"BPE\"}}"),
        terms)).isInstanceOf(IOException.class).hasMessageContaining("Fix:");
    for (String broken : List.of("{\"type\":\"WordPiece\",\"vocab\":{\"a\":1", "{\"type\":\"WordPiece\",\"vocab\":{\"a\":x}}", "{\"type\":\"WordPiece\",\"vocab\":{\"[CLS]\":1}}")) {
      assertThatThrownBy(() -> WordPiece.read(Files.writeString(folder.resolve("t.json"), broken))).isInstanceOf(IOException.class).hasMessageContaining("Fix:");
    }
  }
}
