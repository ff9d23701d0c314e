package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every string of the tree is read, and what cannot be read is said. */
@DisplayName("A9 the whole request is seen")
class StructureTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"messages\":[{\"role\":\"system\",\"content\":\"@\"}]}", "{\"messages\":[{\"role\":\"user\",\"name\":\"@\",\"content\":\"hi\"}]}", "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"@\"}]}]}",
      "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"to\\\":\\\"@\\\"}\"}}]}]}", "{\"tools\":[{\"type\":\"function\",\"function\":{\"description\":\"@\"}}]}",
      "{\"tools\":[{\"function\":{\"parameters\":{\"properties\":{\"x\":{\"enum\":[\"@\"]}}}}}]}", "{\"user\":\"@\"}", "{\"metadata\":{\"a\":\"@\"}}", "{\"stop\":[\"@\"]}", "{\"@\":1}", "{\"logit_bias\":{\"@\":1}}", "{\"prediction\":{\"content\":\"@\"}}",
      "{\"unknown\":{\"deep\":[[{\"x\":\"@\"}]]}}", "{\"input\":[\"hello\",\"@\"]}", "{\"prompt\":\"@\"}", "{\"suffix\":\"@\"}", "{\"model\":\"@\"}", "[\"@\"]", "\"@\"", "{\"response_format\":{\"json_schema\":{\"name\":\"@\"}}}"})
  void everyPlaceIsRead(String body) {
    assertThat(Texts.best(Texts.scan(CLASSIFIER, body.replace("@", "zhang.san@corp.example")))).containsEntry("EMAIL", Likelihood.VERY_LIKELY);
    assertThat(Texts.best(Texts.scan(CLASSIFIER, body.replace("@", "11010519491231002X")))).containsEntry("CN_ID", Likelihood.VERY_LIKELY);
  }

  @Test
  @DisplayName("A9 a key is the context of its value, and numbers are read too")
  void keysAndNumbers() {
    assertThat(Texts.best(Texts.scan(CLASSIFIER, "{\"ssn\":\"078051120\"}"))).containsKey("US_SSN");
    assertThat(Texts.best(Texts.scan(CLASSIFIER, "{\"password\":\"S3cure99\"}"))).containsEntry("PASSWORD", Likelihood.LIKELY);
    assertThat(Texts.best(Texts.scan(CLASSIFIER, "{\"phone\":13812345678,\"id\":110105194912310070}"))).containsKeys("PHONE", "CN_ID");
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"hi\"},{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://example.com/a.png\"}}]}]}",
      "{\"messages\":[{\"content\":[{\"type\":\"input_audio\",\"input_audio\":{\"data\":\"AAAA\",\"format\":\"wav\"}}]}]}", "{\"messages\":[{\"content\":[{\"type\":\"file\",\"file\":{\"file_id\":\"x\"}}]}]}",
      "{\"messages\":[{\"content\":[{\"type\":\"hologram\",\"data\":\"x\"}]}]}", "{\"messages\":[{\"content\":[{\"image\":\"x\"}]}]}", "{\"messages\":[{\"content\":[7]}]}",
      "{\"input\":[15339,1917]}", "{\"input\":[[15339,1917],[1]]}", "{\"prompt\":[15339]}", "{\"prompt\":[\"text\",[15339]]}", "{\"x\":{\"image_url\":\"https://example.com/a.png\"}}",
      "{\"x\":\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==\"}"})
  @DisplayName("A9 images, audio, files, tokens are unscannable")
  void unscannable(String body) {
    assertThat(Texts.scan(CLASSIFIER, body).troubles()).containsExactly(Trouble.UNSCANNABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "{\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"hi\"}]}]}", "{\"tools\":[{\"function\":{\"parameters\":{\"properties\":{\"image_url\":{\"type\":\"string\"}}}}}]}", "{\"input\":[\"a\",\"b\"]}", "{\"x\":[1,2,3]}",
      "{\"x\":\"data:text/plain;base64,aGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8gd29ybGQgaGVsbG8=\"}", "{\"x\":\"metadata: image/png, and so on\"}"})
  void scannable(String body) {
    assertThat(Texts.scan(CLASSIFIER, body).troubles()).isEmpty();
  }

  @Test
  @DisplayName("decisions 9: text that stays opaque is trouble; hashes, code and embedded pictures are not")
  void opaque() {
    Random random = new Random(7);
    byte[] noise = new byte[900];
    random.nextBytes(noise);
    String encoded = java.util.Base64.getEncoder().encodeToString(noise);
    assertThat(Texts.scanChat(CLASSIFIER, encoded).troubles()).containsExactly(Trouble.OPAQUE);
    assertThat(Texts.scanChat(CLASSIFIER, "decrypt: " + encoded).troubles()).containsExactly(Trouble.OPAQUE);
    assertThat(Texts.scanChat(CLASSIFIER, "words ".repeat(300) + encoded).troubles()).isEmpty();
    assertThat(Texts.scanChat(CLASSIFIER, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ".repeat(30)).troubles()).isEmpty();
    assertThat(Texts.scanChat(CLASSIFIER, "a".repeat(5_000)).troubles()).isEmpty();
    assertThat(Texts.scanChat(CLASSIFIER, encoded.repeat(40)).troubles()).containsExactly(Trouble.OPAQUE);
  }

  @Test
  @DisplayName("findings carry no text")
  void noTextInFindings() {
    Findings findings = Texts.scanChat(CLASSIFIER, "write to zhang.san@corp.example");
    assertThat(findings.toString()).doesNotContain("zhang");
    assertThat(Piece.of("secret".toCharArray(), 6).toString()).isEqualTo("Piece[6 characters]");
  }
}
