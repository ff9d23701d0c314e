package io.tidegate.config;

import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the section {@code semantic}: where vectors of questions come from. Which answers may answer another question is the policy's to say. */
final class SemanticBinder {
  private SemanticBinder() {}

  static TidegateConfig.Semantic bind(Section s, List<Upstream> upstreams) {
    TidegateConfig.Encoder encoder = s.word("encoder", TidegateConfig.Encoder.class).orElse(TidegateConfig.Encoder.NONE);
    Optional<Path> library = s.optional("library", References::path);
    List<TidegateConfig.EncoderModel> models = new ArrayList<>();
    for (Section each : s.sections("models")) {
      Optional<Path> model = each.needed("model", References::path);
      Optional<Path> tokenizer = each.needed("tokenizer", References::path);
      int tokens = each.integer("maxTokens", 8, 8_192, 128);
      TidegateConfig.Pooling pooling = each.word("pooling", TidegateConfig.Pooling.class).orElse(TidegateConfig.Pooling.MEAN);
      each.end();
      if (model.isPresent() && tokenizer.isPresent()) {
        models.add(new TidegateConfig.EncoderModel(model.get(), tokenizer.get(), tokens, pooling));
      }
    }
    Optional<String> embeddings = s.optional("embeddings", text -> text);
    TidegateConfig.Semantic semantic = new TidegateConfig.Semantic(encoder, library.orElse(null), models, embeddings.orElse(null),
        s.integer("maxTokens", 8, 1 << 20, 512), s.integer("maxChars", 16, 2_000, 600), s.duration("deadline", Duration.ofMillis(1), Duration.ofSeconds(10),
            Duration.ofMillis(50)), s.integer("threads", 1, 64, 1), s.integer("entries", 1, 100_000, 1_000), s.bytes("size", 1 << 16, 64L << 30, 32 << 20));
    if (encoder == TidegateConfig.Encoder.LOCAL && (models.isEmpty() || library.isEmpty())) {
      s.problem("encoder", "a local encoder needs a model and the library that runs it", "add semantic.models and semantic.library, or write 'encoder: none'");
    }
    if (encoder == TidegateConfig.Encoder.UPSTREAM) {
      boolean served = upstreams.stream().anyMatch(upstream -> upstream.zone() == Zone.PRIVATE);
      if (embeddings.isEmpty() || !served) {
        s.problem("encoder", "an upstream as encoder needs the name of an embedding model that a private upstream serves",
            "add semantic.embeddings and a private upstream, or write 'encoder: none'");
      }
    }
    s.end();
    return semantic;
  }
}
