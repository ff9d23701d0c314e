package io.tidegate.plugin;

import io.tidegate.line.ExternalDetectors;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.net.EventLoops;
import io.tidegate.plugin.v1.InspectRequest;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks every configured plugin about a request, at the same time, and joins what they say. Any loop. */
public final class GrpcDetectors implements ExternalDetectors, AutoCloseable {
  private final List<PluginChannel> plugins = new ArrayList<>();

  /** Connects at the first question. */
  public GrpcDetectors(List<PluginConfig> configs, EventLoops loops) {
    for (PluginConfig config : configs) {
      plugins.add(new PluginChannel(config, loops));
    }
  }

  /** One plugin's counts since the start. */
  public record Counts(String plugin, long asked, long failed) {}

  @Override
  public boolean none() {
    return plugins.isEmpty();
  }

  /** For metrics and status. */
  public List<Counts> counts() {
    return plugins.stream().map(PluginChannel::counts).toList();
  }

  /** One plugin's. */
  public Counts of(String plugin) {
    return counts().stream().filter(counts -> counts.plugin().equals(plugin)).findFirst().orElseThrow();
  }

  @Override
  public Question ask(ModelRequest request, Loop loop, Consumer<Findings> done) {
    Round round = new Round(loop, plugins.size(), done);
    InspectRequest whole = null;
    for (PluginChannel plugin : plugins) {
      InspectRequest question = whole;
      if (question == null || plugin.config().maxTextBytes() < question.getSerializedSize()) {
        question = RequestTexts.of(request.id(), request.prompt().json(), plugin.config().maxTextBytes());
        whole = question == null ? whole : question;
      }
      round.add(plugin.ask(question, answer -> loop.execute(() -> round.answered(answer))));
    }
    return round;
  }

  /** One request's answers as they come. Confined to the request's loop. */
  private static final class Round implements Question {
    private final Loop loop;
    private final Consumer<Findings> done;
    private final List<Runnable> cancels = new ArrayList<>();
    private int missing;
    private Findings joined = Findings.NONE;
    private boolean cancelled;

    Round(Loop loop, int missing, Consumer<Findings> done) {
      this.loop = loop;
      this.missing = missing;
      this.done = done;
    }

    void add(Runnable cancel) {
      cancels.add(cancel);
    }

    void answered(Findings answer) {
      assert loop.inLoop();
      joined = joined.and(answer);
      missing--;
      if (missing == 0 && !cancelled) {
        done.accept(joined);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      cancels.forEach(Runnable::run);
    }
  }

  @Override
  public void close() {
    plugins.forEach(PluginChannel::close);
  }
}
