package io.tidegate.lab.dialect;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a test may turn while an emulator runs. Safe for any thread. */
public final class Switches {
  private volatile boolean loading;
  private volatile boolean dead;
  private volatile boolean balanceEmpty;
  private volatile boolean keyRevoked;
  private volatile Health health = Health.HONEST;
  private volatile @Nullable Frozen frozen;
  /** Ollama: loaded models and when they were last used, in nanos. */
  private final Map<String, Long> loaded = new ConcurrentHashMap<>();

  /** What health paths say. */
  public enum Health {
    /** As things are. */
    HONEST,
    /** 200 and idle gauges, whatever else fails. */
    LYING,
    /** 503. */
    FAILING,
    /** The request is read and never answered. */
    HANGING
  }

  record Frozen(int running, int waiting) {}

  /** llama.cpp: every path answers 503; the others answer 503 to model calls. */
  public void loading(boolean value) {
    loading = value;
  }

  public boolean loading() {
    return loading;
  }

  /** vLLM's engine died: /health 503, calls 500. Elsewhere calls 500. */
  public void dead(boolean value) {
    dead = value;
  }

  public boolean dead() {
    return dead;
  }

  /** The account has no money: DeepSeek answers 402 to every call. */
  public void balanceEmpty(boolean value) {
    balanceEmpty = value;
  }

  public boolean balanceEmpty() {
    return balanceEmpty;
  }

  /** Every key is refused with 401. */
  public void keyRevoked(boolean value) {
    keyRevoked = value;
  }

  public boolean keyRevoked() {
    return keyRevoked;
  }

  public void health(Health value) {
    health = value;
  }

  public Health health() {
    return health;
  }

  /** Gauges show these numbers from now on; negative running = live again. */
  public void freezeGauges(int running, int waiting) {
    frozen = running < 0 ? null : new Frozen(running, waiting);
  }

  @Nullable Frozen frozen() {
    return frozen;
  }

  /** Ollama: unloads a model. */
  public void evict(String model) {
    loaded.remove(model);
  }

  Map<String, Long> loaded() {
    return loaded;
  }
}
