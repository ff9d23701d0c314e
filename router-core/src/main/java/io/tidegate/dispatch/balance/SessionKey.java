package io.tidegate.dispatch.balance;

import io.tidegate.model.ModelRequest;
import io.tidegate.wire.JsonText;

/**
 * What keeps requests together, in this order (R4.6): the session a caller named, a conversation's or user's name in the body, the text
 * up to the user's first message, the caller. As a keyed hash, of one tenant each: equal names of two tenants are two sessions.
 */
public final class SessionKey {
  /** Bytes of one block of a prompt. */
  static final int BLOCK = 1024;
  private static final int NAMED = 1;
  private static final int FIELD = 2;
  private static final int PREFIX = 3;
  private static final int CALLER = 4;
  private static final int BLOCKS = 5;
  private static final String[] FIELDS = {"conversation_id", "conversation", "prompt_cache_key", "user"};

  private SessionKey() {}

  /**
   * The key, 0 if there is none.
   *
   * @param always for a request without a session, too: by the beginning of its text, or its caller
   */
  public static long of(ModelRequest request, KeyedHash hash, boolean always) {
    String session = request.session();
    String tenant = request.caller().tenant();
    if (session != null) {
      return some(hash.begin(NAMED).put(tenant).put(session).value());
    }
    JsonText body = request.prompt().json();
    for (String name : FIELDS) {
      int field = body.member(0, name);
      if (field >= 0 && body.kind(field) == JsonText.Kind.STRING && body.end(field) - body.start(field) > 2) {
        return some(hash.begin(FIELD).put(tenant).put(name).put(body, body.start(field), body.end(field)).value());
      }
    }
    if (!always) {
      return 0;
    }
    int from = text(body);
    int to = from < 0 ? -1 : firstTurn(body, from);
    if (to > 0) {
      return some(hash.begin(PREFIX).put(tenant).put(body, body.start(from), to).value());
    }
    return some(hash.begin(CALLER).put(tenant).put(request.caller().name()).value());
  }

  /** Puts the prompt's blocks into {@code facts}: each with the hash of all that comes before it. */
  public static void blocks(ModelRequest request, String model, KeyedHash hash, PickFacts facts) {
    JsonText body = request.prompt().json();
    int text = text(body);
    if (text < 0) {
      return;
    }
    int at = body.start(text);
    int end = body.end(text);
    hash.begin(BLOCKS).put(request.caller().tenant()).put(model);
    for (int i = 0; i < PickFacts.MAX_BLOCKS && at + BLOCK <= end; i++) {
      hash.fold(body, at, at + BLOCK);
      facts.block(hash.value());
      at += BLOCK;
    }
  }

  /** The node that is the prompt; -1 if there is none. */
  private static int text(JsonText body) {
    int messages = body.member(0, "messages");
    int prompt = messages >= 0 ? messages : body.member(0, "prompt");
    return prompt >= 0 ? prompt : body.member(0, "input");
  }

  /** Where the part ends that stays as a conversation grows; -1 if it cannot be told. */
  private static int firstTurn(JsonText body, int text) {
    if (body.kind(text) == JsonText.Kind.ARRAY) {
      for (int message = text + 1; message < body.next(text); message = body.next(message)) {
        int role = body.member(message, "role");
        if (role >= 0 && body.stringEquals(role, "user")) {
          return body.end(message);
        }
      }
      return -1;
    }
    return body.end(text) - body.start(text) >= BLOCK ? body.start(text) + BLOCK : -1;
  }

  private static long some(long hash) {
    return hash == 0 ? 1 : hash;
  }
}
