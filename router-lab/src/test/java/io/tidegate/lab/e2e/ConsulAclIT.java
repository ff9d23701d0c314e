package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real agent that denies by default: tokens that are replaced, and rights that are lost. */
@Tag("consul")
class ConsulAclIT {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String MASTER = "6fb6a0c0-3f4d-4f0e-9a86-5a0d1d1c7c01";
  private static final String ALL = "node_prefix \\\"\\\" {policy=\\\"read\\\"} service_prefix \\\"\\\" {policy=\\\"write\\\"} key_prefix \\\"tidegate/\\\" {policy=\\\"read\\\"}";
  /** The registration can be confirmed, and nothing be seen. */
  private static final String BLIND = "service_prefix \\\"\\\" {policy=\\\"write\\\"}";

  @TempDir
  private Path folder;
  private ConsulAgent agent;
  private String policy;
  private Path tokenFile;
  private TestBed bed;

  @BeforeEach
  void start() throws IOException {
    agent = ConsulAgent.guarded(folder, MASTER);
    policy = field("ID", agent.call("PUT", "/v1/acl/policy", "{\"Name\":\"tidegate\",\"Rules\":\"" + ALL + "\"}"));
    tokenFile = folder.resolve("token");
    write(token(policy));
  }

  @AfterEach
  void stop() {
    if (bed != null) {
      bed.close();
    }
    agent.close();
  }

  private TestBed bed(String more) {
    bed = TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm")
        .section("consul", "{address: '" + agent.url() + "', token: '${file:" + tokenFile + "}', wait: 1s" + more + "}").start();
    agent.register("llm", "a", "127.0.0.1", bed.privateA.port(), "passing");
    GrpcClientIT.await(LONG, "the endpoint is found", () -> bed.daemon.status().contains("\"discovered\":true"));
    return bed;
  }

  private String token(String of) {
    return field("SecretID", agent.call("PUT", "/v1/acl/token", "{\"Policies\":[{\"ID\":\"" + of + "\"}]}"));
  }

  private void rules(String rules) {
    agent.call("PUT", "/v1/acl/policy/" + policy, "{\"ID\":\"" + policy + "\",\"Name\":\"tidegate\",\"Rules\":\"" + rules + "\"}");
  }

  /** As a secret store does it: a new file in the old one's place. */
  private void write(String token) throws IOException {
    Path next = Files.createFile(folder.resolve("token.next"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(next, token + "\n");
    Files.move(next, tokenFile, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private int restricted() {
    return bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", "restricted").statusCode();
  }

  private boolean acl() {
    return bed.metric("tidegate_consul_acl") == 1;
  }

  @Test
  @DisplayName("R10 K1 rights are lost on the real agent (200, no rows, no header): seen as ACL without a registration of our own, endpoints stay, and it ends")
  void rightsLost() {
    bed("");
    rules(BLIND);
    GrpcClientIT.await(LONG, "missing rights are seen", this::acl);
    assertThat(bed.admin("/readyz")).contains("consul acl").contains("llm");
    assertThat(restricted()).isEqualTo(200);
    // Consul's state moves on, and still nothing is shown.
    agent.register("llm", "b", "127.0.0.1", bed.privateB.port(), "passing");
    double failures = failures();
    GrpcClientIT.await(LONG, "it was asked again", () -> failures() >= failures + 2);
    assertThat(acl()).isTrue();
    assertThat(restricted()).isEqualTo(200);
    rules(ALL);
    GrpcClientIT.await(LONG, "both are found", () -> !acl() && bed.daemon.status().split("\"discovered\":true", -1).length == 3);
    assertThat(bed.admin("/readyz")).doesNotContain("acl");
  }

  @Test
  @DisplayName("R10 K1 rights are lost while our own registration stands: it is no longer visible, which is said, and endpoints stay")
  void ownRegistrationIsHidden() {
    bed(", register: {port: 7400, interval: 1s}");
    GrpcClientIT.await(LONG, "registered", () -> agent.call("GET", "/v1/health/service/tidegate", "").contains("tidegate-"));
    rules(BLIND);
    GrpcClientIT.await(LONG, "missing rights are seen", () -> acl() && bed.admin("/readyz").contains("own registration"));
    assertThat(restricted()).isEqualTo(200);
    rules(ALL);
    GrpcClientIT.await(LONG, "rights are back", () -> !acl() && !bed.admin("/readyz").contains("acl"));
  }

  @Test
  @Tag("long") // most of a minute: what Consul's agents of that age allow a caller
  @DisplayName("K2 a token is replaced in its file: used without a restart; one that others may read is not, and the one before stays")
  void tokenIsReplaced() throws IOException {
    bed("");
    String accessor = field("AccessorID", agent.call("GET", "/v1/acl/token/self", ""));
    assertThat(accessor).isNotEmpty();
    String second = token(policy);
    write(second);
    String old = secondOldest(second);
    agent.call("DELETE", "/v1/acl/token/" + old, "");
    agent.register("llm", "b", "127.0.0.1", bed.privateB.port(), "passing");
    GrpcClientIT.await(LONG, "the new token sees the new instance", () -> bed.daemon.status().split("\"discovered\":true", -1).length == 3);
    assertThat(acl()).isFalse();
    Files.setPosixFilePermissions(tokenFile, PosixFilePermissions.fromString("rw-r--r--"));
    Files.writeString(tokenFile, "00000000-0000-0000-0000-000000000bad\n");
    double queries = queries();
    GrpcClientIT.await(LONG, "it was asked again", () -> queries() > queries);
    assertThat(acl()).as("the open file was not believed").isFalse();
    assertThat(bed.daemon.status()).doesNotContain(second).doesNotContain("bad\"");
  }

  /** The accessor of the token that the file held first. */
  private String secondOldest(String notThis) {
    Matcher matcher = Pattern.compile("(?s)\"AccessorID\": ?\"([^\"]+)\"[^}]*?\"Name\": ?\"tidegate\"").matcher(agent.call("GET", "/v1/acl/tokens", ""));
    String found = "";
    while (matcher.find()) {
      if (!agent.call("GET", "/v1/acl/token/" + matcher.group(1), "").contains(notThis)) {
        found = matcher.group(1);
      }
    }
    assertThat(found).isNotEmpty();
    return found;
  }

  private double failures() {
    return number("failures");
  }

  private double queries() {
    return number("queries");
  }

  /** A figure of the status page's section consul. */
  private double number(String name) {
    String status = bed.daemon.status();
    Matcher matcher = Pattern.compile("\"" + name + "\":(\\d+)").matcher(status.substring(status.indexOf("\"consul\":")));
    assertThat(matcher.find()).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  private static String field(String name, String json) {
    Matcher matcher = Pattern.compile("\"" + name + "\": ?\"([^\"]+)\"").matcher(json);
    assertThat(matcher.find()).as("%s in %s", name, json).isTrue();
    return matcher.group(1);
  }
}
