package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.model.Cidr;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthRowsTest {
  private static final List<Cidr> NETWORKS = List.of(Cidr.of(new byte[] {10, 0, 0, 0}, 8, "10.0.0.0/8"),
      Cidr.of(new byte[] {(byte) 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8, "fd00::/8"));

  private static String row(String node, String id, String address, String port, String weights, String checks) {
    return """
        {"Node":{"ID":"x","Node":"%s","Address":"10.9.9.9","Meta":{"zone":"PUBLIC"}},
         "Service":{"ID":"%s","Service":"s","Tags":["zone=public"],"Address":"%s","Port":%s,"Weights":%s},"Checks":[%s]}"""
        .formatted(node, id, address, port, weights, checks);
  }

  private static String passing(String id, String address) {
    return row("n", id, address, "8000", "{\"Passing\":3,\"Warning\":2}", check("passing"));
  }

  private static String check(String status) {
    return "{\"CheckID\":\"c\",\"Status\":\"" + status + "\"}";
  }

  private static HealthRows read(String... rows) throws ConsulFailure {
    return HealthRows.read(("[" + String.join(",", rows) + "]").getBytes(StandardCharsets.UTF_8), NETWORKS, 10_000);
  }

  @Test
  @DisplayName("K1 passing and warning rows come with their weights, critical ones not at all")
  void worstCheckDecides() throws ConsulFailure {
    String weights = "{\"Passing\":3,\"Warning\":2}";
    HealthRows rows = read(row("n", "a", "10.0.0.1", "1", weights, check("passing")),
        row("n", "b", "10.0.0.2", "2", weights, check("passing") + "," + check("warning")),
        row("n", "c", "10.0.0.3", "3", weights, check("warning") + "," + check("critical")),
        row("n", "d", "10.0.0.4", "4", weights, "{\"CheckID\":\"_service_maintenance:d\",\"Status\":\"critical\"}"),
        row("n", "e", "10.0.0.5", "5", weights, ""));
    assertThat(rows.usable()).containsExactly(new Instance("n/a", "10.0.0.1", 1, 3), new Instance("n/b", "10.0.0.2", 2, 2),
        new Instance("n/e", "10.0.0.5", 5, 3));
    assertThat(rows.total()).isEqualTo(5);
    assertThat(rows.dropped()).isEmpty();
  }

  @Test
  @DisplayName("K1 weight 0 sends nothing, a missing one counts 1, a huge one is cut")
  void weightsAreClamped() throws ConsulFailure {
    HealthRows rows = read(row("n", "a", "10.0.0.1", "1", "{\"Passing\":0,\"Warning\":0}", check("passing")),
        row("n", "b", "10.0.0.1", "1", "{}", check("passing")),
        row("n", "c", "10.0.0.1", "1", "{\"Passing\":65535,\"Warning\":0}", check("passing")));
    assertThat(rows.usable()).extracting(Instance::id, Instance::weight)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("n/b", 1), org.assertj.core.groups.Tuple.tuple("n/c", 1000));
  }

  @Test
  @DisplayName("upstreams 8 an empty service address means the node's")
  void nodeAddressIsTheFallback() throws ConsulFailure {
    assertThat(read(passing("a", "")).usable()).containsExactly(new Instance("n/a", "10.9.9.9", 8000, 3));
  }

  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource({"203.0.113.9, OUTSIDE_NETWORKS", "11.0.0.1, OUTSIDE_NETWORKS", "::ffff:203.0.113.9, OUTSIDE_NETWORKS",
      "2001:db8::1, OUTSIDE_NETWORKS", "127.0.0.1, OUTSIDE_NETWORKS", "model.example, NOT_AN_ADDRESS", "localhost, NOT_AN_ADDRESS",
      "10.1, NOT_AN_ADDRESS", "0x0a000001, NOT_AN_ADDRESS", "167772161, NOT_AN_ADDRESS", "10.0.0.1:80, NOT_AN_ADDRESS",
      "fd00::1%eth0, NOT_AN_ADDRESS", "[fd00::1], NOT_AN_ADDRESS", "0.0.0.0, NOT_AN_ADDRESS", "224.0.0.1, NOT_AN_ADDRESS",
      "255.255.255.255, NOT_AN_ADDRESS", "::, NOT_AN_ADDRESS", "ff02::1, NOT_AN_ADDRESS", "http://10.0.0.1, NOT_AN_ADDRESS"})
  @DisplayName("A14 only a literal address inside the upstream's networks is taken")
  void foreignAddressIsDropped(String address, Drop why) throws ConsulFailure {
    HealthRows rows = read(passing("rogue", address), passing("good", "10.0.0.1"));
    assertThat(rows.usable()).extracting(Instance::id).containsExactly("n/good");
    assertThat(rows.dropped()).isEqualTo(Map.of(why, 1));
  }

  @Test
  @DisplayName("A14 an upstream without networks takes nothing from Consul")
  void noNetworksMeansNowhere() throws ConsulFailure {
    byte[] body = ("[" + passing("a", "10.0.0.1") + "]").getBytes(StandardCharsets.UTF_8);
    assertThat(HealthRows.read(body, List.of(), 10).usable()).isEmpty();
  }

  @Test
  @DisplayName("A15 one address has one spelling, so what was checked is what is connected to")
  void addressIsCanonical() throws ConsulFailure {
    assertThat(read(passing("a", "::ffff:10.1.2.3"), passing("b", "010.001.002.003"), passing("c", "FD00:0:0::01")).usable())
        .extracting(Instance::host).containsExactly("10.1.2.3", "10.1.2.3", "fd00::1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "65536", "99999999999", "\"80\"", "80.5", "null", "true"})
  @DisplayName("K1 a bad port drops its row only")
  void badPortIsDropped(String port) throws ConsulFailure {
    HealthRows rows = read(row("n", "a", "10.0.0.1", port, "{}", check("passing")), passing("good", "10.0.0.1"));
    assertThat(rows.usable()).extracting(Instance::id).containsExactly("n/good");
    assertThat(rows.dropped()).isEqualTo(Map.of(Drop.BAD_PORT, 1));
  }

  @Test
  @DisplayName("K1 of rows with one node and service id the first stands; another node is another instance")
  void duplicatesAreDropped() throws ConsulFailure {
    HealthRows rows = read(passing("a", "10.0.0.1"), passing("a", "10.0.0.2"), row("m", "a", "10.0.0.3", "9", "{}", check("passing")),
        row("n", "z", "10.0.0.4", "9", "{}", check("critical")), passing("z", "10.0.0.5"));
    assertThat(rows.usable()).extracting(Instance::host).containsExactly("10.0.0.3", "10.0.0.1");
    assertThat(rows.dropped()).isEqualTo(Map.of(Drop.DUPLICATE, 2));
  }

  @Test
  @DisplayName("D3 an id that could split a header or a log line is dropped")
  void idsArePrintable() throws ConsulFailure {
    HealthRows rows = read(passing("a\\r\\nx: y", "10.0.0.1"), passing("a b", "10.0.0.1"), passing("é", "10.0.0.1"),
        passing("x".repeat(129), "10.0.0.1"));
    assertThat(rows.usable()).isEmpty();
    assertThat(rows.dropped()).isEqualTo(Map.of(Drop.BAD_ID, 4));
  }

  @Test
  @DisplayName("K1 rows of a foreign shape are dropped one by one")
  void malformedRowsAreDropped() throws ConsulFailure {
    HealthRows rows = read("{}", "{\"Node\":3,\"Service\":[]}", row("", "a", "10.0.0.1", "1", "{}", check("passing")),
        row("n", "b", "10.0.0.1", "1", "{\"Passing\":\"many\"}", check("passing")),
        row("n", "c", "10.0.0.1", "1", "{}", check("splendid")), row("n", "d", "10.0.0.1", "1", "{}", "7"),
        "{\"Node\":{\"Node\":\"n\"},\"Service\":{\"ID\":\"e\",\"Port\":1},\"Checks\":\"ok\"}", passing("good", "10.0.0.1"));
    assertThat(rows.usable()).extracting(Instance::id).containsExactly("n/good");
    assertThat(rows.dropped()).isEqualTo(Map.of(Drop.MALFORMED, 7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "[", "[{}", "[{},]", "[1]", "[[]]", "[{}]x", "[{}] [{}]", "<html>", "[{\"Node\":1,\"Node\":2}]",
      "[{\"a\":\"\u0001\"}]", "\"[]\""})
  @DisplayName("K1 an answer that is no JSON array of objects is a failure as a whole")
  void badJsonFails(String body) {
    assertThatThrownBy(() -> HealthRows.read(body.getBytes(StandardCharsets.UTF_8), NETWORKS, 10))
        .isInstanceOfSatisfying(ConsulFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.BAD_JSON));
  }

  @Test
  @DisplayName("K1 10,000 rows are read, one more is a failure")
  void rowsAreBounded() throws ConsulFailure {
    String many = IntStream.range(0, 10_000).mapToObj(i -> passing("i" + i, "10.0.0.1")).collect(Collectors.joining(","));
    assertThat(read(many).usable()).hasSize(10_000);
    assertThatThrownBy(() -> read(many, passing("more", "10.0.0.1")))
        .isInstanceOfSatisfying(ConsulFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.OVERSIZED));
  }

  @Test
  @DisplayName("K1 a deep row is a failure, not a stack overflow")
  void depthIsBounded() {
    String deep = "[{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}]";
    assertThatThrownBy(() -> HealthRows.read(deep.getBytes(StandardCharsets.UTF_8), NETWORKS, 10)).isInstanceOf(ConsulFailure.class);
  }
}
