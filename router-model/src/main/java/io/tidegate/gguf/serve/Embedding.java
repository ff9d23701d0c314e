package io.tidegate.gguf.serve;

import io.netty.channel.ChannelHandlerContext;
import io.tidegate.gguf.api.Answers;
import io.tidegate.gguf.api.AskedReader.Vectors;
import io.tidegate.gguf.api.Refused;
import io.tidegate.gguf.engine.EngineFailure;
import io.tidegate.gguf.engine.Fault;
import io.tidegate.gguf.engine.Prompt;
import io.tidegate.gguf.engine.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** One request for vectors: on the connection's loop, but for the work itself, which has a thread of its own. */
final class Embedding implements Connection.Underway {
  private final Connection connection;
  private final ChannelHandlerContext ctx;
  private final Weights weights;
  private final Vectors asked;
  private volatile boolean givenUp;

  Embedding(Connection connection, ChannelHandlerContext ctx, Weights weights, Vectors asked) {
    this.connection = connection;
    this.ctx = ctx;
    this.weights = weights;
    this.asked = asked;
  }

  void start(Executor embedder) {
    connection.underway(this);
    try {
      embedder.execute(this::work);
    } catch (RejectedExecutionException full) {
      connection.send(ctx, Refused.busy());
    }
  }

  @Override
  public void giveUp() {
    givenUp = true;
  }

  private void work() {
    List<float[]> vectors = new ArrayList<>();
    int sum = 0;
    try {
      for (Prompt input : asked.inputs()) {
        int[] tokens = input.fold(turns -> new int[0], text -> weights.tokens(text, true, false), given -> given);
        Fault fault = fault(tokens);
        if (fault != null || givenUp) {
          answer(fault == null ? Refused.failed() : Answers.refused(fault));
          return;
        }
        vectors.add(weights.embedding(tokens));
        sum += tokens.length;
      }
    } catch (EngineFailure e) {
      answer(Refused.failed());
      return;
    }
    byte[] json = Answers.embeddings(vectors, sum, asked.base64(), weights.card().name());
    ctx.executor().execute(() -> {
      if (!givenUp) {
        connection.json(ctx, json);
      }
    });
  }

  private @org.jspecify.annotations.Nullable Fault fault(int[] tokens) {
    int most = weights.embeddingLength();
    if (tokens.length > most) {
      return new Fault(Fault.Kind.TOO_LONG, tokens.length, most);
    }
    for (int token : tokens) {
      if (token < 0 || token >= weights.card().vocabulary()) {
        return new Fault(Fault.Kind.BAD_PROMPT, tokens.length, most);
      }
    }
    return tokens.length == 0 ? new Fault(Fault.Kind.BAD_PROMPT, 0, most) : null;
  }

  private void answer(Refused refused) {
    ctx.executor().execute(() -> {
      if (!givenUp) {
        connection.send(ctx, refused);
      }
    });
  }
}
