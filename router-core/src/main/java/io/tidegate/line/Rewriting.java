package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Findings;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Operation;
import io.tidegate.model.Pseudonyms;
import io.tidegate.reply.AnswerRewriter;
import io.tidegate.reply.StreamRewriter;
import io.tidegate.wire.JsonText;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes one attempt's answer through {@code reply}, buffer by buffer. Only attempts whose answers are rewritten have one. Confined to its loop. */
final class Rewriting {
  private final AnswerRewriter rewriter;
  private final StreamRewriter stream;

  private Rewriting(AnswerRewriter rewriter) {
    this.rewriter = rewriter;
    this.stream = rewriter.stream();
  }

  /** What answers to {@code decision}'s request pass, by its class and by what stands for its values. */
  static AnswerRewriter rewriter(Decision decision, Findings findings, Pseudonyms pseudonyms) {
    JsonText text = decision.request().prompt().json();
    Set<String> values = decision.links() == LinkRule.OFF ? Set.of() : AnswerRewriter.values(text, findings);
    return new AnswerRewriter(pseudonyms, AnswerRewriter.jsonMode(text), decision.links(), values);
  }

  /** For answers to a request as it stands; null, at no cost, where the policy leaves links alone. */
  static @Nullable AnswerRewriter links(Decision decision, Findings findings) {
    return decision.links() == LinkRule.OFF || decision.request().operation() == Operation.EMBEDDING ? null
        : rewriter(decision, findings, Pseudonyms.NONE);
  }

  /**
   * Null for an attempt whose answer goes on as it comes.
   *
   * @param links what answers to the text as it stands pass
   */
  static @Nullable Rewriting of(Candidate candidate, @Nullable Transforming transforming, @Nullable AnswerRewriter links) {
    AnswerRewriter rewriter = candidate.after() == null || transforming == null ? links : transforming.rewriter();
    return rewriter == null ? null : new Rewriting(rewriter);
  }

  /** A whole answer. {@code json} is consumed. */
  ByteBuf whole(ByteBuf json) {
    return Unpooled.wrappedBuffer(rewriter.whole(taken(json)));
  }

  /** Whole frames of a stream, perhaps none yet. {@code frames} is consumed. */
  ByteBuf frames(ByteBuf frames) {
    return Unpooled.wrappedBuffer(stream.frames(taken(frames)));
  }

  private static byte[] taken(ByteBuf buffer) {
    try {
      byte[] bytes = new byte[buffer.readableBytes()];
      buffer.readBytes(bytes);
      return bytes;
    } finally {
      buffer.release();
    }
  }
}
