package io.tidegate.gguf.engine;

/** An order that was taken. Any thread. */
public interface Ticket {
  /** Nobody waits any more: no further token is made for it, and the reply hears nothing further. */
  void cancel();
}
