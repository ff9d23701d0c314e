package io.tidegate.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.embed.Encoder.Encoded;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is asked of a private upstream for a vector, and whose word is taken for one. */
class UpstreamEncoderTest {
  private static final long DEADLINE = 50_000_000;

  private final FakeLoop loop = new FakeLoop();
  private final List<ModelRequest> asked = new ArrayList<>();
  private final List<AnswerSink> sinks = new ArrayList<>();
  private final List<@Nullable Encoded> told = new ArrayList<>();
  private final UpstreamEncoder encoder = new UpstreamEncoder(new UpstreamEncoder.Terms("bge", 512, DEADLINE));

  private static ModelRequest request(String region) {
    try {
      JsonText json = JsonText.parse("{\"model\":\"auto\",\"messages\":[]}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      return new ModelRequest("r1", Operation.CHAT, new Prompt(json), "auto", true, true, true, new Caller("ward", "job", Set.of("nurses")), Sensitivity.PUBLIC,
          LatencyClass.INTERACTIVE, 900, CacheDirective.DEFAULT, 7, "s1", Sensitivity.INTERNAL, region);
    } catch (JsonException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Decision decision(ModelRequest request, Destination... opened) {
    return DecisionFixture.cached(request, Sensitivity.INTERNAL, new Verdict.CacheRights(true, true, false, "tenant:ward", 300), "aa", opened);
  }

  private void encode(Decision decision) {
    encoder.connect((request, sink, on) -> {
      asked.add(request);
      sinks.add(sink);
    });
    encoder.encode(decision, "How do I?", loop, told::add);
    loop.run();
  }

  @Test
  @DisplayName("R3.1 R3.4 G1 the question for a vector is asked as its reader asked, from the reader's region, and as RESTRICTED")
  void asItsReader() {
    ModelRequest reader = request("east");
    encode(decision(reader, Destination.EDGE_CACHE, Destination.PRIVATE));
    assertThat(asked).hasSize(1);
    ModelRequest of = asked.get(0);
    assertThat(of.region()).isEqualTo("east");
    assertThat(of.caller()).isEqualTo(reader.caller());
    assertThat(of.declared()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(of.cacheDirective()).isEqualTo(CacheDirective.NO_STORE);
    assertThat(of.timeLeftNanos()).isEqualTo(DEADLINE);
    assertThat(of.arrivedNanos()).isEqualTo(loop.nanos());
    assertThat(of.operation()).isEqualTo(Operation.EMBEDDING);
    assertThat(of.model()).isEqualTo("bge");
  }

  @Test
  @DisplayName("G1 a question that may not go to a private model is asked nowhere")
  void notOpened() {
    encode(decision(request("east"), Destination.PUBLIC));
    assertThat(asked).isEmpty();
    assertThat(told).containsExactly((Encoded) null);
  }

  @Test
  @DisplayName("G1 a vector counts by the line's own word that it came from a private model")
  void whoseWord() {
    encode(decision(request(""), Destination.PRIVATE));
    sinks.get(0).complete(route(Destination.PUBLIC), vector());
    encode(decision(request(""), Destination.PRIVATE));
    sinks.get(1).complete(route(Destination.PRIVATE), vector());
    assertThat(told.get(0)).isNull();
    Encoded good = told.get(1);
    assertThat(good).isNotNull();
    assertThat(good.vector()).containsExactly(0.6f, 0.8f);
  }

  private static io.netty.buffer.ByteBuf vector() {
    return Unpooled.copiedBuffer("{\"data\":[{\"index\":0,\"embedding\":[3,4]}],\"usage\":{\"prompt_tokens\":4}}", StandardCharsets.UTF_8);
  }

  private static RouteInfo route(Destination from) {
    return new RouteInfo("r1-embed", Sensitivity.RESTRICTED, LatencyClass.INTERACTIVE, from, "home", "", "aa", CacheOutcome.BYPASS, 1, List.of());
  }
}
