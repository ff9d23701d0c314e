package io.tidegate.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExactCacheTest {
  private static final JsonText BODY = json();

  private final FakeLoop time = new FakeLoop();
  private final ExactCache cache = new ExactCache(1 << 20, time);

  private static JsonText json() {
    try {
      return JsonText.parse("{}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Key key(String group, Sensitivity sensitivity, String policy, Operation operation, int digest) {
    byte[] bytes = new byte[32];
    bytes[31] = (byte) digest;
    return new Key(group, sensitivity, policy, operation, bytes);
  }

  private static Key key(int digest) {
    return key("tenant:a", Sensitivity.INTERNAL, "p1", Operation.CHAT, digest);
  }

  private void put(Key key, String text, int seconds) {
    cache.put(key, BODY, Stored.of(text.getBytes(StandardCharsets.UTF_8), "up", time.nanos(), seconds));
  }

  static List<Key> strangers() {
    return List.of(
        key("tenant:b", Sensitivity.INTERNAL, "p1", Operation.CHAT, 1),
        key("group:a", Sensitivity.INTERNAL, "p1", Operation.CHAT, 1),
        key("tenant:a", Sensitivity.PUBLIC, "p1", Operation.CHAT, 1),
        key("tenant:a", Sensitivity.CONFIDENTIAL, "p1", Operation.CHAT, 1),
        key("tenant:a", Sensitivity.INTERNAL, "p2", Operation.CHAT, 1),
        key("tenant:a", Sensitivity.INTERNAL, "p1", Operation.COMPLETION, 1),
        key("tenant:a", Sensitivity.INTERNAL, "p1", Operation.EMBEDDING, 1),
        key("tenant:a", Sensitivity.INTERNAL, "p1", Operation.CHAT, 2));
  }

  @Test
  @DisplayName("an equal key, made anew, finds the answer")
  void equalKeysFind() {
    put(key(1), "one", 60);
    assertThat(cache.get(key(1))).isNotNull().satisfies(stored -> {
      assertThat(stored.view().toString(StandardCharsets.UTF_8)).isEqualTo("one");
      assertThat(stored.upstream()).isEqualTo("up");
    });
  }

  @ParameterizedTest
  @MethodSource("strangers")
  @DisplayName("G4 C1 C6 another group, sensitivity, bundle, operation or body finds nothing")
  void strangersFindNothing(Key stranger) {
    put(key(1), "one", 60);
    assertThat(cache.get(stranger)).isNull();
  }

  @Test
  @DisplayName("H5 an entry ends by its own time on the given ticker; a new answer begins anew")
  void timeToLive() {
    put(key(1), "short", 10);
    put(key(2), "long", 100);
    time.advance(Duration.ofSeconds(9).toNanos());
    assertThat(cache.get(key(1))).isNotNull();
    time.advance(Duration.ofSeconds(1).toNanos());
    assertThat(cache.get(key(1))).isNull();
    assertThat(cache.get(key(2))).isNotNull();
    put(key(1), "again", 10);
    time.advance(Duration.ofSeconds(9).toNanos());
    assertThat(cache.get(key(1))).isNotNull();
  }

  @Test
  @DisplayName("an entry that is read does not live longer")
  void readingDoesNotProlong() {
    put(key(1), "one", 10);
    for (int i = 0; i < 9; i++) {
      time.advance(Duration.ofSeconds(1).toNanos());
      assertThat(cache.get(key(1))).isNotNull();
    }
    time.advance(Duration.ofSeconds(1).toNanos());
    assertThat(cache.get(key(1))).isNull();
  }

  @Test
  @DisplayName("an entry that is replaced ends by the new answer's time")
  void replacing() {
    put(key(1), "one", 100);
    put(key(1), "two", 10);
    time.advance(Duration.ofSeconds(10).toNanos());
    assertThat(cache.get(key(1))).isNull();
  }

  @Test
  @DisplayName("C8 G8 all entries together never weigh more than the cap, however many come")
  void byteCap() {
    byte[] body = new byte[10_000];
    for (int i = 0; i < 5_000; i++) {
      byte[] digest = ByteBuffer.allocate(32).putInt(i).array();
      cache.put(new Key("g", Sensitivity.PUBLIC, "p", Operation.CHAT, digest), BODY, Stored.of(body, "up", time.nanos(), 60));
      assertThat(cache.weightBytes()).isLessThanOrEqualTo(1 << 20);
    }
    assertThat(cache.size()).isBetween(50L, 104L);
  }

  @Test
  @DisplayName("G8 an answer heavier than the whole cache is not kept")
  void tooHeavy() {
    cache.put(key(1), BODY, Stored.of(new byte[2 << 20], "up", time.nanos(), 60));
    assertThat(cache.get(key(1))).isNull();
  }

  @Test
  @DisplayName("a cache of no bytes keeps nothing")
  void off() {
    ExactCache off = new ExactCache(0, time);
    off.put(key(1), BODY, Stored.of(new byte[3], "up", time.nanos(), 60));
    assertThat(off.get(key(1))).isNull();
    assertThat(off.weightBytes()).isZero();
  }

  @Test
  @DisplayName("F4 each reader has a view of its own and cannot change what others read")
  void viewsAreApart() {
    put(key(1), "one", 60);
    Stored stored = java.util.Objects.requireNonNull(cache.get(key(1)));
    ByteBuf first = stored.view();
    first.skipBytes(2);
    assertThat(first.isReadOnly()).isTrue();
    assertThat(stored.view().toString(StandardCharsets.UTF_8)).isEqualTo("one");
    assertThat(Stream.of(first, stored.view()).allMatch(ByteBuf::release)).isTrue();
    assertThat(stored.view().toString(StandardCharsets.UTF_8)).isEqualTo("one");
  }
}
