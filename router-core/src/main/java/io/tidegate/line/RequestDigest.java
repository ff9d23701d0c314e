package io.tidegate.line;

import io.tidegate.model.ModelRequest;
import io.tidegate.wire.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * HMAC-SHA-256 of a request's body under a key of this installation: computed once per request, it keys the cache and names the body in
 * the decision record without telling anything about it (decisions 1 and 29). Thread-safe.
 */
public final class RequestDigest {
  /** No JSON begins so: this digest is none of a body. */
  private static final byte[] CONVERSATION = "conversation\0".getBytes(StandardCharsets.UTF_8);

  private static final byte[] AROUND = "around\0".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SEED = "seed\0".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SESSION = "session\0".getBytes(StandardCharsets.UTF_8);

  private final SecretKeySpec key;
  private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::newMac);

  /** @param key 32 bytes from the installation's root, for this use only (decisions 14) */
  public RequestDigest(byte[] key) {
    this.key = new SecretKeySpec(key, "HmacSHA256");
  }

  /** 32 bytes. */
  public byte[] of(JsonText body) {
    Mac mac = macs.get();
    mac.update(body.buffer());
    return mac.doFinal();
  }

  /**
   * A secret number that stays the same while a conversation grows: of the tenant and the text up to the first message of the user. It
   * decides placeholders, so that an upstream's prefix cache knows the conversation again and nobody can foretell them.
   */
  public long conversation(ModelRequest request) {
    JsonText body = request.prompt().json();
    int from = 0;
    int end = body.length();
    int messages = body.member(0, "messages");
    if (messages >= 0 && body.kind(messages) == JsonText.Kind.ARRAY) {
      from = body.start(messages);
      for (int message = messages + 1; message < body.next(messages); message = body.next(message)) {
        int role = body.member(message, "role");
        if (role >= 0 && body.stringEquals(role, "user")) {
          end = body.end(message);
          break;
        }
      }
    }
    Mac mac = macs.get();
    mac.update(CONVERSATION);
    mac.update(request.caller().tenant().getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    mac.update(body.buffer().position(from).limit(end));
    return ByteBuffer.wrap(mac.doFinal()).getLong();
  }

  /**
   * What must be equal for the answer to one question to answer another: everything but the question.
   *
   * @param from first byte of the question in {@code body}
   * @param to the byte after it
   * @param beside what else must be equal
   * @return 16 bytes
   */
  public byte[] around(JsonText body, int from, int to, List<String> beside) {
    Mac mac = macs.get();
    mac.update(AROUND);
    for (String each : beside) {
      byte[] bytes = each.getBytes(StandardCharsets.UTF_8);
      mac.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
      mac.update(bytes);
    }
    mac.update(ByteBuffer.allocate(4).putInt(from).array());
    mac.update(body.buffer().limit(from));
    mac.update(body.buffer().position(to));
    return Arrays.copyOf(mac.doFinal(), 16);
  }

  /** A number that nobody outside can foresee, the same for the same request. */
  long seed(String requestId) {
    Mac mac = macs.get();
    mac.update(SEED);
    mac.update(requestId.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(mac.doFinal()).getLong();
  }

  /** A number by which a tenant's conversation is known and its name is not; never 0. */
  public long session(String tenant, String session) {
    Mac mac = macs.get();
    mac.update(SESSION);
    mac.update(tenant.getBytes(StandardCharsets.UTF_8));
    mac.update((byte) 0);
    mac.update(session.getBytes(StandardCharsets.UTF_8));
    long number = ByteBuffer.wrap(mac.doFinal()).getLong();
    return number == 0 ? 1 : number;
  }

  private Mac newMac() {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
