package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class SessionKeyTest {
  private final KeyedHash hash = new KeyedHash(1, 2);

  public static ModelRequest request(String tenant, String name, String session, String body) {
    try {
      return new ModelRequest("r", Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), "m", false, false,
          false, new Caller(tenant, name), Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0, session, Sensitivity.PUBLIC);
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String chat(String extra, String system, String... turns) {
    StringBuilder body = new StringBuilder("{\"model\":\"m\"" + extra + ",\"messages\":[{\"role\":\"system\",\"content\":\"" + system + "\"}");
    for (int i = 0; i < turns.length; i++) {
      body.append(",{\"role\":\"" + (i % 2 == 0 ? "user" : "assistant") + "\",\"content\":\"" + turns[i] + "\"}");
    }
    return body.append("]}").toString();
  }

  private long key(String tenant, String name, String session, String body) {
    return SessionKey.of(request(tenant, name, session, body), hash, true);
  }

  @Test
  @DisplayName("R4.6 the named session comes before the body's field, that before the text's beginning, that before the caller")
  void order() {
    String plain = chat("", "be kind", "hello");
    String fielded = chat(",\"user\":\"u1\"", "be kind", "hello");
    assertThat(key("t", "a", "s1", fielded)).isEqualTo(key("t", "b", "s1", chat(",\"user\":\"u2\"", "other", "text")));
    assertThat(key("t", "a", null, fielded)).isEqualTo(key("t", "b", null, chat(",\"user\":\"u1\"", "other", "text")));
    assertThat(key("t", "a", null, plain)).isEqualTo(key("t", "b", null, plain)).isNotEqualTo(key("t", "a", null, chat("", "be kind", "bye")));
    String nothing = "{\"model\":\"m\",\"input\":\"short\"}";
    assertThat(key("t", "a", null, nothing)).isEqualTo(key("t", "a", null, "{\"model\":\"m\",\"input\":\"other\"}"))
        .isNotEqualTo(key("t", "b", null, nothing));
    assertThat(key("t", "a", "u1", plain)).isNotEqualTo(key("t", "a", null, fielded));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user", "prompt_cache_key", "conversation", "conversation_id"})
  @DisplayName("R4.6 a conversation's id in the body comes before the user's, and each keeps requests together")
  void fields(String field) {
    String body = chat(",\"user\":\"u\",\"" + field + "\":\"c\"", "s", "x");
    if (!field.equals("user")) {
      assertThat(key("t", "a", null, body)).isEqualTo(key("t", "a", null, chat(",\"" + field + "\":\"c\",\"user\":\"other\"", "s", "y")));
      assertThat(key("t", "a", null, body)).isNotEqualTo(key("t", "a", null, chat(",\"user\":\"u\"", "s", "x")));
    }
  }

  @Test
  @DisplayName("R4.6 the text's beginning is the same while a conversation grows")
  void conversationGrows() {
    assertThat(key("t", "a", null, chat("", "sys", "one", "two", "three"))).isEqualTo(key("t", "a", null, chat("", "sys", "one")));
  }

  @Test
  @DisplayName("G4 R4.6 equal names of two tenants are two sessions")
  void tenants() {
    assertThat(key("t1", "a", "s", "{}")).isNotEqualTo(key("t2", "a", "s", "{}"));
    assertThat(key("ab", "a", "c", "{}")).isNotEqualTo(key("a", "a", "bc", "{}"));
    assertThat(key("t1", "a", null, chat("", "s", "x"))).isNotEqualTo(key("t2", "a", null, chat("", "s", "x")));
  }

  @Test
  @DisplayName("R4.6 for the method session a request without a session or field has no key; an empty field is none")
  void onlyNamed() {
    assertThat(SessionKey.of(request("t", "a", null, chat("", "s", "x")), hash, false)).isZero();
    assertThat(SessionKey.of(request("t", "a", null, chat(",\"user\":\"\"", "s", "x")), hash, false)).isZero();
    assertThat(SessionKey.of(request("t", "a", null, chat(",\"user\":7", "s", "x")), hash, false)).isZero();
  }

  @Test
  @DisplayName("G3 R4.6 without the installation's key nobody can tell the hash of a name")
  void keyed() {
    assertThat(SessionKey.of(request("t", "a", "s", "{}"), new KeyedHash(1, 3), false)).isNotEqualTo(key("t", "a", "s", "{}"));
  }

  @Test
  @DisplayName("R4.6 the hash is SipHash-2-4: its authors' vectors of one and two words")
  void vectors() {
    KeyedHash reference = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);
    assertThat(reference.begin(0x0706050403020100L).value()).isEqualTo(0x93f5f5799a932462L);
    assertThat(reference.put(0x0f0e0d0c0b0a0908L).value()).isEqualTo(0x3f2acc7f57c29bdbL);
  }

  @Test
  @DisplayName("R4.7 blocks of a prompt are chained: equal as far as two prompts are equal, of one tenant and model, and different from there on")
  void blocks() {
    String shared = "x".repeat(5000);
    long[] one = blocks("t", "m", chat("", shared + "a".repeat(3000), "q"));
    long[] two = blocks("t", "m", chat(",\"user\":\"other\"", shared + "b".repeat(3000), "q"));
    assertThat(one).hasSize(7);
    for (int i = 0; i < one.length; i++) {
      // The array's head is 39 bytes, then the 5,000 that are equal: four whole blocks.
      assertThat(one[i] == two[i]).as("block %d", i).isEqualTo(i < 4);
    }
    assertThat(blocks("u", "m", chat("", shared, "q"))[0]).isNotEqualTo(one[0]);
    assertThat(blocks("t", "n", chat("", shared, "q"))[0]).isNotEqualTo(one[0]);
    assertThat(blocks("t", "m", chat("", "x".repeat(400_000), "q"))).hasSize(PickFacts.MAX_BLOCKS);
    assertThat(blocks("t", "m", "{\"model\":\"m\"}")).isEmpty();
  }

  private long[] blocks(String tenant, String model, String body) {
    PickFacts facts = new PickFacts();
    SessionKey.blocks(request(tenant, "a", null, body), model, hash, facts);
    long[] all = new long[facts.blocks()];
    for (int i = 0; i < all.length; i++) {
      all[i] = facts.block(i);
    }
    return all;
  }

  @Test
  @DisplayName("R4.7 whichever byte of a block differs, the block's hash does")
  void everyByteCounts() {
    StringBuilder text = new StringBuilder("x".repeat(1500));
    long[] plain = blocks("t", "m", "{\"prompt\":\"" + text + "\"}");
    for (int i = 0; i < 1023; i++) {
      text.setCharAt(i, 'y');
      assertThat(blocks("t", "m", "{\"prompt\":\"" + text + "\"}")[0]).as("byte %d", i).isNotEqualTo(plain[0]);
      text.setCharAt(i, 'x');
    }
  }
}
