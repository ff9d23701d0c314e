package io.tidegate.embed;

import io.tidegate.decide.Decision;
import io.tidegate.embed.Encoder.Encoded;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.SemanticCache;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict.Semantic;
import io.tidegate.semantic.Fingerprint;
import io.tidegate.semantic.Lexicon;
import io.tidegate.semantic.QuestionText;
import io.tidegate.semantic.Reader;
import io.tidegate.semantic.SemanticIndex;
import io.tidegate.semantic.SemanticIndex.Match;
import io.tidegate.semantic.SemanticIndex.Partition;
import io.tidegate.time.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The semantic cache: reads a question and asks for its vector off the loop, looks through its partition, and answers within the deadline or not at all. Any
 * thread.
 */
public final class OtherWords implements SemanticCache {
  private final Encoder encoder;
  private final Executor pool;
  private final SemanticIndex<Key> index;
  private final RequestDigest digest;
  private final AnswerCache cache;
  private final Reader reader;
  private final SemanticMeters meters;
  private final Terms terms;

  /**
   * @param maxChars longer questions go to the origin
   * @param deadlineNanos until which a question has its answer from here or goes to the origin
   * @param perPartition entries
   * @param maxBytes of all entries
   */
  public record Terms(int maxChars, long deadlineNanos, int perPartition, long maxBytes) {}

  /** @param secret 16 bytes, new for each process: fingerprints are under it */
  OtherWords(Encoder encoder, Executor pool, RequestDigest digest, AnswerCache cache, SemanticMeters meters, Terms terms, byte[] secret) {
    this.encoder = encoder;
    this.pool = pool;
    this.digest = digest;
    this.cache = cache;
    this.meters = meters;
    this.terms = terms;
    this.index = new SemanticIndex<>(terms.perPartition, terms.maxBytes);
    ByteBuffer key = ByteBuffer.wrap(secret);
    this.reader = new Reader(new Lexicon(), key.getLong(), key.getLong());
  }

  @Override
  public @Nullable Question ask(Decision decision, Semantic wanted, Loop loop, Consumer<@Nullable Found> done) {
    ModelRequest request = decision.request();
    // RESTRICTED never, whatever a policy says (decisions 5).
    Optional<QuestionText> text = decision.sensitivity() == Sensitivity.RESTRICTED ? Optional.empty()
        : QuestionText.of(request.prompt().json(), request.operation());
    if (text.isEmpty()) {
      meters.outcome(Outcome.NOT_A_QUESTION);
      return null;
    }
    if (text.get().text().length() > Math.min(terms.maxChars, Reader.MAX_CHARS)) {
      meters.outcome(Outcome.TOO_LONG);
      return null;
    }
    Asked asked = new Asked(decision, wanted, text.get(), loop, done);
    return asked.begin() ? asked : null;
  }

  /** How a question ended; closed, for counting. */
  public enum Outcome {
    SERVED, SHADOWED, GONE, NOT_A_QUESTION, TOO_LONG, BUSY, LATE, UNREADABLE, FAR, LANGUAGE, KIND, TENSE, EXACT, WORDS, ORDER, FAILED;

    static Outcome of(io.tidegate.semantic.Sameness.@Nullable Outcome why) {
      return why == null ? FAR : switch (why) {
        case LANGUAGE -> LANGUAGE;
        case KIND -> KIND;
        case TENSE -> TENSE;
        case EXACT -> EXACT;
        case WORDS -> WORDS;
        case ORDER -> ORDER;
        case SAME -> SERVED;
      };
    }
  }

  /** All but the question, and all that the decision depended on. */
  private byte[] partition(Decision decision, QuestionText text) {
    ModelRequest request = decision.request();
    List<String> beside = new ArrayList<>(List.of(decision.cacheRights().sharingGroup(), decision.sensitivity().name(), decision.policyDigest(),
        request.operation().name()));
    beside.addAll(new TreeSet<>(request.caller().groups()));
    return digest.around(request.prompt().json(), text.from(), text.to(), beside);
  }

  /** One question under way. On its loop, but for {@link #read} and what follows in the pool. */
  private final class Asked implements Question {
    private final Decision decision;
    private final Semantic wanted;
    private final QuestionText text;
    private final Loop loop;
    private final Consumer<@Nullable Found> done;
    private final byte[] around;
    private Loop.@Nullable Timer deadline;
    private boolean told;
    private @Nullable Ready ready;
    private @Nullable Kept kept;

    Asked(Decision decision, Semantic wanted, QuestionText text, Loop loop, Consumer<@Nullable Found> done) {
      this.decision = decision;
      this.wanted = wanted;
      this.text = text;
      this.loop = loop;
      this.done = done;
      this.around = partition(decision, text);
    }

    boolean begin() {
      try {
        pool.execute(this::read);
      } catch (RejectedExecutionException full) {
        meters.outcome(Outcome.BUSY);
        return false;
      }
      deadline = loop.schedule(() -> tell(null, Outcome.LATE), terms.deadlineNanos);
      return true;
    }

    /** In the pool. */
    private void read() {
      try {
        Optional<Fingerprint> print = reader.read(text.text());
        if (print.isEmpty()) {
          end(Outcome.UNREADABLE);
          return;
        }
        encoder.encode(decision, text.text(), loop, encoded -> {
          if (encoded == null) {
            end(Outcome.UNREADABLE);
          } else if (loop.inLoop()) {
            inPool(() -> look(print.get(), encoded));
          } else {
            look(print.get(), encoded);
          }
        });
      } catch (Throwable failed) {
        end(Outcome.FAILED);
        if (failed instanceof VirtualMachineError fatal) {
          throw fatal;
        }
      }
    }

    private void inPool(Runnable step) {
      try {
        pool.execute(step);
      } catch (RejectedExecutionException full) {
        end(Outcome.BUSY);
      }
    }

    private void end(Outcome outcome) {
      loop.execute(() -> tell(null, outcome));
    }

    private void look(Fingerprint print, Encoded encoded) {
      ByteBuffer key = ByteBuffer.wrap(around);
      Partition partition = new Partition(key.getLong(), key.getLong(), encoded.encoder());
      Match<Key> match = index.find(partition, encoded.vector(), print, wanted.threshold(), cache.nanos());
      Key value = match.value();
      loop.execute(() -> {
        ready = new Ready(partition, encoded.vector(), print);
        keep();
        tell(value == null ? null : new Found(value, match.score()), value == null ? Outcome.of(match.outcome()) : null);
      });
    }

    /** @param outcome null if the line tells what came of it */
    private void tell(@Nullable Found found, @Nullable Outcome outcome) {
      if (told) {
        return;
      }
      told = true;
      if (deadline != null) {
        deadline.cancel();
      }
      if (outcome != null) {
        meters.outcome(outcome);
      }
      done.accept(found);
    }

    @Override
    public void answered(Key key, Stored answer) {
      kept = new Kept(key, answer);
      keep();
    }

    /** Once there are both a vector and an answer, whichever came first. */
    private void keep() {
      Ready question = ready;
      Kept answer = kept;
      if (question != null && answer != null) {
        kept = null;
        long end = answer.answer.life().bornNanos() + answer.answer.life().freshSeconds() * 1_000_000_000L;
        index.add(question.partition, question.vector, question.print, answer.key, end, cache.nanos());
      }
    }

    @Override
    public void gone(Key key) {
      Ready question = ready;
      if (question != null) {
        index.remove(question.partition, key);
      }
    }

    @Override
    public void used(Use use) {
      meters.outcome(switch (use) {
        case SERVED -> Outcome.SERVED;
        case SHADOWED -> Outcome.SHADOWED;
        case GONE -> Outcome.GONE;
      });
    }
  }

  private record Ready(Partition partition, float[] vector, Fingerprint print) {}

  private record Kept(Key key, Stored answer) {}

  /** Answered questions that are kept. */
  public int entries() {
    return index.entries();
  }

  /** What they weigh. */
  public long bytes() {
    return index.bytes();
  }

  public void close() {
    encoder.close();
  }

  /** Models in this process. */
  public static OtherWords local(List<TextEncoder> models, Executor pool, RequestDigest digest, AnswerCache cache, SemanticMeters meters, Terms terms, byte[] secret) {
    return new OtherWords(new LocalEncoder(models, pool), pool, digest, cache, meters, terms, secret);
  }

  /**
   * A private upstream's embeddings, asked by way of the line that {@link #connect} gives.
   *
   * @param model as the upstream's entry names it
   * @param maxTokens that it reads
   */
  public static OtherWords upstream(String model, int maxTokens, Executor pool, RequestDigest digest, AnswerCache cache, SemanticMeters meters, Terms terms,
      byte[] secret) {
    return new OtherWords(new UpstreamEncoder(new UpstreamEncoder.Terms(model, maxTokens, terms.deadlineNanos)), pool, digest, cache, meters, terms, secret);
  }

  /** Once, before the first question. */
  public void connect(Way line) {
    if (encoder instanceof UpstreamEncoder upstream) {
      upstream.connect(line);
    }
  }
}
