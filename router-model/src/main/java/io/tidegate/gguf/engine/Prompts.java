package io.tidegate.gguf.engine;

import io.tidegate.gguf.engine.Fault.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prompts become tokens. Marks such as {@code <end_of_turn>} are the template's to write: where a message holds one, it is read as mere characters,
 * so that no caller can end another's turn or speak as the system.
 */
final class Prompts {
  /** Stands for a message while the template is written around it. No tokeniser knows it, and messages that hold it do not either. */
  private static final String PLACE = "\uE000%d\uE001";

  /** Where a file has no template, a conversation is a written dialogue; this begins the caller's next turn in it. */
  private static final String NEXT_TURN = "\nUser:";

  private final Weights weights;
  private final int context;
  private final int usual;

  Prompts(Weights weights, int context, int usual) {
    this.weights = weights;
    this.context = context;
    this.usual = usual;
  }

  /** Fills in the job's tokens and bound; a fault if it cannot be answered. */
  @Nullable Fault prepare(Job job) {
    int[] tokens = tokens(job.order.prompt());
    if (tokens == null) {
      return new Fault(Kind.NO_TEMPLATE, 0, context);
    }
    int vocabulary = weights.card().vocabulary();
    for (int token : tokens) {
      if (token < 0 || token >= vocabulary) {
        return new Fault(Kind.BAD_PROMPT, tokens.length, context);
      }
    }
    if (tokens.length == 0) {
      return new Fault(Kind.BAD_PROMPT, 0, context);
    }
    if (tokens.length >= context) {
      return new Fault(Kind.TOO_LONG, tokens.length, context);
    }
    if (!weights.card().template() && job.order.prompt().fold(turns -> true, text -> false, given -> false)) {
      List<String> stops = new ArrayList<>(job.order.stop());
      stops.add(NEXT_TURN);
      job.text = new AnswerText(stops);
    }
    job.prompt = tokens;
    job.most = Math.min(context - tokens.length, job.order.maxTokens() == 0 ? usual : job.order.maxTokens());
    return null;
  }

  private int @Nullable [] tokens(Prompt prompt) {
    return prompt.<int @Nullable []>fold(this::conversation, text -> weights.tokens(text, true, false), tokens -> tokens);
  }

  private int @Nullable [] conversation(List<Turn> turns) {
    if (turns.stream().noneMatch(turn -> holdsMark(turn.text()))) {
      Optional<String> whole = weights.chat(turns);
      return whole.isEmpty() ? null : weights.tokens(whole.get(), true, true);
    }
    return pieceByPiece(turns);
  }

  private boolean holdsMark(String text) {
    for (int token : weights.tokens(text, false, true)) {
      if (weights.marks(token)) {
        return true;
      }
    }
    return false;
  }

  private int @Nullable [] pieceByPiece(List<Turn> turns) {
    List<Turn> places = new ArrayList<>();
    for (Turn turn : turns) {
      places.add(new Turn(turn.role(), String.format(PLACE, places.size())));
    }
    Optional<String> around = weights.chat(places);
    if (around.isEmpty()) {
      return null;
    }
    String rest = around.get();
    int[] all = new int[0];
    for (int i = 0; i < turns.size(); i++) {
      String place = places.get(i).text();
      int at = rest.indexOf(place);
      if (at < 0) {
        return null;
      }
      all = join(all, weights.tokens(rest.substring(0, at), i == 0, true));
      all = join(all, weights.tokens(turns.get(i).text(), false, false));
      rest = rest.substring(at + place.length());
    }
    return join(all, weights.tokens(rest, false, true));
  }

  private static int[] join(int[] one, int[] other) {
    int[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
