package io.tidegate.line;

import io.tidegate.model.Sensitivity;

/**
 * What is remembered of conversations (decisions 11); implemented by {@code session}. Any loop; never blocks. A label can rise and never falls, with
 * time or without.
 */
public interface SessionLabels {
  /** Remembers nothing: every conversation is new. */
  SessionLabels NONE = (tenant, session) -> new Session() {
    @Override
    public Sensitivity label() {
      return Sensitivity.PUBLIC;
    }

    @Override
    public void raise(Sensitivity to) {}
  };

  /**
   * One conversation of one tenant.
   *
   * @param session the caller's name for it; the same name of another tenant is another conversation (G4)
   */
  Session of(String tenant, String session);

  /** For one request, on one loop. */
  interface Session {
    /** At least the highest class that was noted; RESTRICTED if it cannot be known; PUBLIC for a new one. */
    Sensitivity label();

    /** Notes {@code to}. When this returns, a kill of the process does not undo it. Does nothing where that, or more, is noted already. */
    void raise(Sensitivity to);
  }
}
