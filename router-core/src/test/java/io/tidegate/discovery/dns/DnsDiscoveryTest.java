package io.tidegate.discovery.dns;

import static io.tidegate.fake.FakeDns.a;
import static io.tidegate.fake.FakeDns.aaaa;
import static io.tidegate.fake.FakeDns.srv;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.FakeDns;
import io.tidegate.fake.FakeDns.Question;
import io.tidegate.fake.FakeDns.Reply;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.jspecify.annotations.Nullable;

/** Against a name server that does what real ones do on bad days. */
@Timeout(60)
class DnsDiscoveryTest {
  private static final String NAME = "llm.service.dc1.consul";

  private final AtomicReference<Function<Question, Reply>> server = new AtomicReference<>(question -> Reply.code(FakeDns.NXDOMAIN));
  private final List<List<Endpoint>> lists = new ArrayList<>();
  private final FakeDns dns = new FakeDns(question -> server.get().apply(question));
  private @Nullable DnsDiscovery discovery;

  private static Upstream upstream() {
    List<Cidr> networks = List.of(Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8"), Cidr.of(new byte[] {10, 0, 0, 0}, 8, "10.0.0.0/8"),
        Cidr.of(new byte[] {(byte) 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8, "fd00::/8"));
    return new Upstream("llm", Zone.PRIVATE, Dialect.VLLM, List.of("*"), null, Map.of(), false, false, "/v1", networks, null, null, true, List.of(), null,
        Duration.ofSeconds(1), 8);
  }

  private void follow(int port) {
    follow(port, DnsTerms.of(dns.address(), Duration.ofMillis(100), Duration.ofMillis(300)));
  }

  private void follow(int port, DnsTerms terms) {
    follow(port, terms, Duration.ofMillis(500));
  }

  private void follow(int port, DnsTerms terms, Duration patience) {
    DnsTerms patient = new DnsTerms(terms.server(), terms.subnet(), terms.subnetBits(), terms.leastTtl(), terms.longestTtl(), patience, 100);
    discovery = new DnsDiscovery(patient, List.of(new Asked("llm", upstream(), NAME, port, (name, list) -> {
      synchronized (lists) {
        lists.add(list);
      }
    })), System::nanoTime);
    discovery.start();
  }

  @AfterEach
  void close() {
    if (discovery != null) {
      discovery.close();
    }
    dns.close();
  }

  private List<String> last() {
    synchronized (lists) {
      return lists.isEmpty() ? List.of("none yet") : lists.get(lists.size() - 1).stream().map(each -> each.id() + "*" + each.weight()).toList();
    }
  }

  private boolean everEmpty() {
    synchronized (lists) {
      return lists.stream().anyMatch(List::isEmpty);
    }
  }

  private static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as(what).isNegative();
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  @DisplayName("R3.4 SRV: port and weight of each, addresses as they came along, the best priority only, outside its networks nothing (A14)")
  void services() {
    server.set(question -> question.type() != FakeDns.SRV ? Reply.code(FakeDns.NXDOMAIN)
        : Reply.of(srv(NAME, 0, 1, 5, 8001, "n1.node.dc1.consul"), srv(NAME, 0, 1, 0, 8002, "N2.node.dc1.consul"), srv(NAME, 0, 2, 9, 8003, "n1.node.dc1.consul"),
            srv(NAME, 0, 1, 1, 8004, "far.node.dc1.consul")).with(a("n1.node.dc1.consul", 0, "127.0.0.1"), aaaa("n2.node.dc1.consul", 0, "fd00::2"),
            a("far.node.dc1.consul", 0, "203.0.113.9")));
    follow(0);
    until("found", () -> last().equals(List.of("127.0.0.1:8001*5", "[fd00:0:0:0:0:0:0:2]:8002*1")) || last().equals(List.of("127.0.0.1:8001*5", "[fd00::2]:8002*1")));
    assertThat(discovery.followed().get(0).outside()).isEqualTo(1);
  }

  @Test
  @DisplayName("R3.4 SRV without addresses: each target is asked for, A and AAAA")
  void targets() {
    server.set(question -> switch (question.type()) {
      case FakeDns.SRV -> Reply.of(srv(NAME, 0, 1, 1, 8001, "n1.node.dc1.consul"));
      case FakeDns.A -> Reply.of(a("n1.node.dc1.consul", 0, "10.1.2.3"));
      default -> Reply.of();
    });
    follow(0);
    until("found", () -> last().equals(List.of("10.1.2.3:8001*1")));
    assertThat(dns.asked()).extracting(Question::name).contains("n1.node.dc1.consul");
  }

  @Test
  @DisplayName("R3.4 addresses with the configured port; what is gone is taken away, but not at the first word of it (K1)")
  void addresses() {
    server.set(question -> question.type() == FakeDns.A ? Reply.of(a(NAME, 0, "127.0.0.1"), a(NAME, 0, "127.0.0.2")) : Reply.of());
    follow(8000);
    until("found", () -> last().equals(List.of("127.0.0.1:8000*1", "127.0.0.2:8000*1")));
    int asked = dns.asked().size();
    server.set(question -> dns.asked().size() <= asked + 4 ? Reply.code(FakeDns.NXDOMAIN) : question.type() == FakeDns.A ? Reply.of(a(NAME, 0, "127.0.0.3")) : Reply.of());
    until("changed", () -> last().equals(List.of("127.0.0.3:8000*1")));
    server.set(question -> Reply.code(FakeDns.NXDOMAIN));
    until("gone", () -> last().isEmpty());
  }

  @Test
  @DisplayName("R3.4 K1 refused, failed, silent, garbled, cut short over TCP too: the list stays while the age rises, and is followed again")
  void badDays() {
    Function<Question, Reply> good = question -> question.type() == FakeDns.A ? Reply.of(a(NAME, 0, "127.0.0.1")) : Reply.of();
    server.set(good);
    follow(8000);
    until("found", () -> last().equals(List.of("127.0.0.1:8000*1")));
    List<Function<Question, Reply>> days = List.of(question -> Reply.code(FakeDns.SERVFAIL), question -> null, question -> Reply.of(a(NAME, 0, "10.0.0.9")).garble(3),
        question -> Reply.of(a(NAME, 0, "10.0.0.9")).truncate());
    for (Function<Question, Reply> day : days) {
      long failures = discovery.followed().get(0).failures();
      server.set(day);
      until("it fails", () -> discovery.followed().get(0).failures() > failures);
      assertThat(last()).containsExactly("127.0.0.1:8000*1");
      server.set(good);
      until("followed again", () -> discovery.followed().get(0).ageNanos() < Duration.ofMillis(90).toNanos());
    }
    assertThat(everEmpty()).isFalse();
  }

  @Test
  @DisplayName("R3.4 an answer that did not fit is asked for over TCP")
  void truncated() {
    server.set(question -> question.type() != FakeDns.A ? Reply.of() : question.overTcp() ? Reply.of(a(NAME, 0, "127.0.0.1"), a(NAME, 0, "127.0.0.2"))
        : Reply.of(a(NAME, 0, "127.0.0.1")).truncate());
    follow(8000);
    until("found", () -> last().equals(List.of("127.0.0.1:8000*1", "127.0.0.2:8000*1")));
  }

  @Test
  @DisplayName("R3.4 a connection that ends without the answer is a failure at once, not when the question's time is over")
  void connectionEnds() {
    server.set(question -> question.type() != FakeDns.A ? Reply.of() : question.overTcp() ? null : Reply.of(a(NAME, 0, "127.0.0.1")).truncate());
    follow(8000, DnsTerms.of(dns.address(), Duration.ofMillis(100), Duration.ofMillis(300)), Duration.ofMinutes(1));
    until("it fails", () -> discovery.followed().get(0).failures() > 1);
  }

  @Test
  @DisplayName("R3.4 H6 closed while an answer that did not fit is asked for again: nothing of it is left (watched in every test class)")
  void closedMeanwhile() {
    CountDownLatch closed = new CountDownLatch(1);
    server.set(question -> {
      try {
        return question.type() != FakeDns.A ? Reply.of() : question.overTcp() && closed.await(20, TimeUnit.SECONDS) ? null : Reply.of(a(NAME, 0, "127.0.0.1")).truncate();
      } catch (InterruptedException never) {
        throw new IllegalStateException(never);
      }
    });
    follow(8000);
    until("asked over TCP", () -> dns.asked().stream().anyMatch(Question::overTcp));
    discovery.close();
    closed.countDown();
    assertThat(discovery.followed().get(0).endpoints()).isZero();
  }

  @Test
  @DisplayName("R3.4 a TTL is obeyed between its bounds")
  void ttl() {
    server.set(question -> question.type() == FakeDns.A ? Reply.of(a(NAME, 3600, "127.0.0.1")) : Reply.of());
    follow(8000, DnsTerms.of(dns.address(), Duration.ofMillis(100), Duration.ofSeconds(1)));
    until("asked twice, not after an hour", () -> timesOfA().size() >= 2);
    assertThat(timesOfA().get(1) - timesOfA().get(0)).as("after a second, and not every 100 ms").isGreaterThanOrEqualTo(900_000_000L);
  }

  private List<Long> timesOfA() {
    return dns.asked().stream().filter(question -> question.type() == FakeDns.A).map(Question::atNanos).toList();
  }

  @Test
  @DisplayName("R3.4 EDNS tells the client's subnet, and no more of it than configured")
  void subnet() {
    server.set(question -> question.type() == FakeDns.A ? Reply.of(a(NAME, 0, "127.0.0.1")) : Reply.of());
    follow(8000, DnsTerms.of(dns.address(), Duration.ofMillis(100), Duration.ofSeconds(1)).withSubnet(new byte[] {10, 1, 0, 0}, 16));
    until("found", () -> last().size() == 1 && last().get(0).startsWith("127"));
    // Option 8, length 6: family 1, source 16, scope 0, two bytes.
    assertThat(dns.asked().get(0).edns()).containsSequence((byte) 0, (byte) 8, (byte) 0, (byte) 6, (byte) 0, (byte) 1, (byte) 16, (byte) 0, (byte) 10, (byte) 1);
  }
}
