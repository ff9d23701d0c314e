package io.tidegate.discovery;

import static io.tidegate.discovery.SeenEndpoints.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.discovery.DiscoveryStatus.Watched;
import io.tidegate.fake.FakeConsul;
import io.tidegate.fake.FakeConsul.Query;
import io.tidegate.fake.FakeConsul.Reply;
import io.tidegate.fake.FakeConsul.Row;
import io.tidegate.model.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rights that are missing are not instances that are missing, told by what agents of both ages say. */
@Timeout(60)
class RightsTest {
  private static final Row A = Row.passing("a", "127.0.0.1", 8001);
  private static final Row B = Row.passing("b", "127.0.0.2", 8002);

  private final FakeConsul consul = new FakeConsul();
  private final SeenEndpoints seen = new SeenEndpoints();
  private ConsulDiscovery discovery;

  @TempDir
  private Path folder;

  @BeforeEach
  void twoInstances() {
    consul.put("vllm", A);
    consul.put("vllm", B);
  }

  @AfterEach
  void stop() {
    discovery.close();
    consul.close();
  }

  private void start(ConsulAccess access) {
    ConsulConfig config = ConsulConfig.defaults(consul.url()).with(access).withWait(Duration.ofSeconds(20), Duration.ofSeconds(1))
        .withPace(2, Duration.ofMillis(20), Duration.ofMillis(20), Duration.ofMillis(100));
    discovery = new ConsulDiscovery(config, List.of(Upstreams.upstream("local", "vllm")), seen, null, System::nanoTime, new SplittableRandom(1));
    discovery.start();
    seen.await(list -> list.size() == 2);
  }

  private Watched status() {
    return discovery.of("local");
  }

  /** More than are asked for before {@link FakeConsul#answerRegularly}: what they bring about stays until it was seen. */
  private void answerUntilTold(Reply reply) {
    consul.answer(Collections.nCopies(10_000, reply).toArray(Reply[]::new));
  }

  @Test
  @DisplayName("R10 K1 X-Consul-Results-Filtered-By-ACLs with no rows: the list stays, it is said to be a matter of rights, and it ends")
  void filteredHeader() {
    start(ConsulAccess.NONE);
    consul.filteredByAcls(true);
    until("rights are missing", () -> status().rightsMissing());
    assertThat(seen.lists()).hasSize(1);
    consul.filteredByAcls(false);
    until("rights are back", () -> !status().rightsMissing());
    assertThat(seen.lists()).hasSize(1);
  }

  @Test
  @DisplayName("R10 K1 fewer rows and the header: what is not shown stays, what is shown counts as it is")
  void partlyFiltered() {
    start(ConsulAccess.NONE);
    consul.hide("a", true);
    until("rights are missing", () -> status().rightsMissing());
    assertThat(seen.last()).extracting("port").containsExactlyInAnyOrder(8001, 8002);
    consul.put("vllm", B.with("critical"));
    seen.await(list -> list.size() == 1 && list.get(0).port() == 8001);
    consul.hide("a", false);
    until("rights are back", () -> !status().rightsMissing());
    assertThat(seen.last()).extracting("port").containsExactly(8001);
    consul.remove("vllm", "n1", "a");
    seen.await(List::isEmpty);
    assertThat(status().rightsMissing()).isFalse();
  }

  @Test
  @DisplayName("R10 K1 an agent without the header: rows gone at the index they came with are rights, gone at a higher one they are instances")
  void sameIndex() {
    start(ConsulAccess.NONE);
    consul.answer(Reply.of(200, "[" + B.json() + "]").index(12));
    answerUntilTold(Reply.of(200, "[]").index(12));
    consul.wake();
    until("rights are missing, told by the one answer and by the other", () -> status().doubted() >= 2 && status().rightsMissing());
    consul.answerRegularly();
    until("the whole list was read again", () -> !status().rightsMissing());
    assertThat(seen.lists()).hasSize(1);
    consul.remove("vllm", "n1", "a");
    seen.await(list -> list.size() == 1);
    assertThat(status().rightsMissing()).isFalse();
  }

  @Test
  @DisplayName("R10 K1 nothing is shown for want of rights: that Consul's state moves on proves nothing, a row does")
  void blindUntilShown() {
    start(ConsulAccess.NONE);
    consul.answer(Reply.of(200, "[]").index(12), Reply.of(200, "[]").index(40), Reply.of(200, "[]").index(41));
    consul.wake();
    until("all three were read", () -> consul.scripted() == 0 && !status().rightsMissing());
    assertThat(seen.lists()).hasSize(1);
  }

  @Test
  @DisplayName("R10 a refused token (403) is a matter of rights as well")
  void refused() {
    start(ConsulAccess.NONE);
    answerUntilTold(Reply.of(403, "ACL not found"));
    consul.wake();
    until("rights are missing", () -> status().failures() >= 3 && status().rightsMissing());
    consul.answerRegularly();
    until("rights are back", () -> !status().rightsMissing());
    assertThat(seen.lists()).hasSize(1);
  }

  @Test
  @DisplayName("K2 a token replaced in its file is used by the call that the agent holds; an open, empty or missing file changes nothing")
  void tokenFile() throws IOException {
    Path file = folder.resolve("token");
    write(file, "t0ken-one", "rw-------");
    start(new ConsulAccess(new Secret("t0ken-one"), file, null, null, null, null, null, null));
    until("a query blocks", () -> consul.queries().size() >= 2);
    write(file, "t0ken-two", "rw-------");
    until("asked again with the new token", () -> token("t0ken-two"));
    assertThat(status().failures()).isZero();
    for (String[] bad : new String[][] {{"t0ken-open", "rw-r--r--"}, {"", "rw-------"}, {"two words", "rw-------"}}) {
      write(file, bad[0], bad[1]);
      pauseForALook();
    }
    Files.delete(file);
    pauseForALook();
    write(file, "t0ken-last", "rw-------");
    until("asked again with the last token", () -> token("t0ken-last"));
    assertThat(consul.queries()).extracting(Query::token).containsOnly("t0ken-one", "t0ken-two", "t0ken-last");
  }

  private boolean token(String token) {
    return consul.queries().stream().anyMatch(query -> token.equals(query.token()));
  }

  private static void write(Path file, String token, String rights) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rights));
    Files.writeString(file, token);
  }

  /** Long enough for the file to be looked at once. */
  private static void pauseForALook() {
    java.util.concurrent.locks.LockSupport.parkNanos(AgentCredentials.LOOK_NANOS + 300_000_000L);
  }

  @Test
  @DisplayName("R10 K2 namespace and partition stand in every call, encoded")
  void namespace() {
    start(new ConsulAccess(null, null, null, null, null, null, "models", "gpu 1"));
    until("a blocking query", () -> consul.queries().size() >= 2);
    assertThat(consul.queries()).allSatisfy(query -> assertThat(query.parameters()).containsEntry("ns", "models").containsEntry("partition", "gpu%201"));
  }
}
