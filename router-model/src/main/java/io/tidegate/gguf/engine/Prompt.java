package io.tidegate.gguf.engine;

import java.util.List;
import java.util.function.Function;

/** What the model goes on from: a conversation, a text, or tokens. Content: it prints its kind only (G3). */
public abstract class Prompt {
  private Prompt() {}

  public static Prompt chat(List<Turn> turns) {
    return new Chat(List.copyOf(turns));
  }

  public static Prompt text(String text) {
    return new Text(text);
  }

  /** @param tokens not to be changed afterwards */
  public static Prompt tokens(int[] tokens) {
    return new Tokens(tokens);
  }

  public abstract <T> T fold(Function<List<Turn>, T> chat, Function<String, T> text, Function<int[], T> tokens);

  private static final class Chat extends Prompt {
    private final List<Turn> turns;

    Chat(List<Turn> turns) {
      this.turns = turns;
    }

    @Override
    public <T> T fold(Function<List<Turn>, T> chat, Function<String, T> text, Function<int[], T> tokens) {
      return chat.apply(turns);
    }
  }

  private static final class Text extends Prompt {
    private final String value;

    Text(String value) {
      this.value = value;
    }

    @Override
    public <T> T fold(Function<List<Turn>, T> chat, Function<String, T> text, Function<int[], T> tokens) {
      return text.apply(value);
    }
  }

  private static final class Tokens extends Prompt {
    private final int[] value;

    Tokens(int[] value) {
      this.value = value;
    }

    @Override
    public <T> T fold(Function<List<Turn>, T> chat, Function<String, T> text, Function<int[], T> tokens) {
      return tokens.apply(value);
    }
  }
}
