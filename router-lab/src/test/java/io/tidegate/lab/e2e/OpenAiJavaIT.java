package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The openai-java client, unchanged. */
class OpenAiJavaIT {
  private TestBed bed;
  private OpenAIClient client;

  @BeforeEach
  void start() {
    bed = TestBed.builder().privateMore(", embeddings: true").start();
    client = OpenAIOkHttpClient.builder().baseUrl(bed.uri("/v1").toString()).apiKey("unused").maxRetries(0).timeout(Duration.ofSeconds(20)).build();
  }

  @AfterEach
  void stop() {
    client.close();
    bed.close();
  }

  private static ChatCompletionCreateParams.Builder chat(String text) {
    return ChatCompletionCreateParams.builder().model("auto").addUserMessage(text);
  }

  @Test
  @DisplayName("openai-java: chat, with and without stream")
  void chatAndStream() {
    ChatCompletion answer = client.chat().completions().create(chat("Say hello.").build());
    assertThat(answer.choices().get(0).message().content()).hasValueSatisfying(text -> assertThat(text).isNotEmpty());
    assertThat(answer.choices().get(0).finishReason().asString()).isEqualTo("stop");
    try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(
        chat("Count to three.").streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build())) {
      List<ChatCompletionChunk> chunks = stream.stream().toList();
      assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream()).filter(choice -> choice.delta().content().isPresent()).count()).isGreaterThan(1);
      assertThat(chunks.get(chunks.size() - 1).usage()).isPresent();
    }
  }

  @Test
  @DisplayName("openai-java: embeddings in its base64 default, completions, models")
  void embeddingsCompletionsModels() {
    CreateEmbeddingResponse vectors = client.embeddings().create(EmbeddingCreateParams.builder().model("auto").inputOfArrayOfStrings(List.of("one", "two")).build());
    assertThat(vectors.data()).hasSize(2).allMatch(vector -> !vector.embedding().isEmpty());
    assertThat(client.completions().create(CompletionCreateParams.builder().model("auto").prompt("Once").build()).choices().get(0).text()).isNotEmpty();
    assertThat(client.models().list().data()).anyMatch(model -> model.id().equals("auto"));
  }

  @Test
  @DisplayName("openai-java: its error classes")
  void errors() {
    assertThatThrownBy(() -> client.chat().completions().create(ChatCompletionCreateParams.builder().model("no-such-model").addUserMessage("x").build()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> client.chat().completions().create(chat("x").putAdditionalBodyProperty("api_base", com.openai.core.JsonValue.from("x")).build()))
        .isInstanceOf(BadRequestException.class);
    bed.privateA.refuseConnections();
    bed.privateB.refuseConnections();
    assertThatThrownBy(() -> client.chat().completions().create(chat(Samples.patient(new SplittableRandom(5))).build()))
        .isInstanceOf(InternalServerException.class).hasMessageContaining("policy permits");
    assertThat(bed.publicOne.received().requestBytes()).isZero();
  }
}
