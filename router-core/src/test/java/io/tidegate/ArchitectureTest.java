package io.tidegate;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callConstructorWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The walls between rooms. A message names the guarantee that a hole would break. */
class ArchitectureTest {
  private static final String[] PURE = rooms("admission", "classify", "decide", "transform", "dispatch", "reply", "policy", "jobs", "cost", "forecast", "semantic", "model", "wire", "time", "yaml");
  private static final String[] EDGES = rooms("ingress", "cache", "upstream", "audit", "telemetry", "discovery", "admin", "plugin", "session", "jobstore", "embed", "scaler");
  private static final String[] OUTER = rooms("config", "daemon", "cli");

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.tidegate")
        .that(not(resideInAnyPackage("io.tidegate.v1..", "io.tidegate.plugin.v1..", "io.tidegate.scaler.v1..")).as("our own"));
    assertThat(all.size()).as("classes that were found").isGreaterThan(300);
  }

  private static String[] rooms(String... names) {
    return Stream.of(names).map(name -> "io.tidegate." + name + "..").toArray(String[]::new);
  }

  @Test
  @DisplayName("wall: what commands share to show themselves knows the JDK and picocli, and nothing of ours")
  void terminalKnowsNobody() {
    noClasses().that().resideInAPackage("io.tidegate.terminal..").should().dependOnClassesThat(resideInAPackage("io.tidegate..")
        .and(not(resideInAPackage("io.tidegate.terminal..")))).orShould().dependOnClassesThat().resideInAPackage("java.net..")
        .because("the model's program, which has few of the daemon's jars, shares it").check(all);
  }

  @Test
  @DisplayName("wall: no cycles between rooms")
  void noCycles() {
    slices().matching("io.tidegate.(*)..").should().beFreeOfCycles().because("an auditor must be able to read one room alone").check(all);
  }

  @Test
  @DisplayName("wall: pure rooms import only wire, model, time, the JDK and what is named")
  void pureRoomsImportInwards() {
    allow("classify", "com.google.re2j..");
    allow("decide", "io.tidegate.policy..");
    allow("dispatch", "io.tidegate.decide..", "io.tidegate.policy..", "io.tidegate.admission..");
    allow("policy", "io.tidegate.yaml..", "dev.cel..", "com.google.protobuf..", "com.google.common..", "com.google.re2j..");
    allow("yaml", "org.snakeyaml..");
    allow("semantic");
    for (String room : List.of("admission", "transform", "reply", "jobs", "cost", "forecast", "model", "wire", "time")) {
      allow(room);
    }
  }

  private static void allow(String room, String... more) {
    String[] allowed = Stream.concat(Stream.of("io.tidegate." + room + "..", "io.tidegate.wire..", "io.tidegate.model..", "io.tidegate.time..",
        "java..", "javax.crypto..", "org.jspecify.."), Stream.of(more)).toArray(String[]::new);
    classes().that().resideInAPackage("io.tidegate." + room + "..").should().onlyDependOnClassesThat(resideInAnyPackage(allowed)
        .or(new DescribedPredicate<>("a primitive or array of these") {
          @Override
          public boolean test(JavaClass type) {
            return type.isPrimitive() || type.isArray();
          }
        })).allowEmptyShould(true).because("the same classes run in the daemon, the simulator and the tests").check(all);
  }

  @Test
  @DisplayName("wall: pure rooms have no clock, thread, socket, file, chance or logger of their own")
  void pureRoomsArePure() {
    noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..",
        "org.slf4j..", "io.netty..", "io.grpc..").or(named("java.lang.Thread", "java.util.concurrent.ExecutorService", "java.util.concurrent.Executors",
            "java.util.concurrent.ThreadLocalRandom", "java.util.Random", "java.security.SecureRandom", "java.time.Clock", "java.io.File",
            "java.util.Timer"))).because("one seed must replay one behaviour").check(all);
    noClasses().that().resideInAnyPackage(PURE).should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
        .orShould().callMethod(java.time.Instant.class, "now").orShould().callMethod(Math.class, "random").check(all);
  }

  @Test
  @DisplayName("wall: edges never import each other, nobody imports an outer room")
  void edgesKnowNobody() {
    for (String edge : EDGES) {
      String[] others = Stream.of(EDGES).filter(other -> !other.equals(edge)).toArray(String[]::new);
      noClasses().that().resideInAPackage(edge).should().dependOnClassesThat().resideInAnyPackage(others)
          .because("the daemon plugs ports together").check(all);
    }
    noClasses().that().resideInAnyPackage(Stream.of(PURE, EDGES, rooms("line", "net", "assay")).flatMap(Stream::of).toArray(String[]::new))
        .should().dependOnClassesThat().resideInAnyPackage(OUTER).because("imports point inwards").check(all);
  }

  @Test
  @DisplayName("wall: the two ways in do not know each other, dialects know no sockets")
  void roomsInsideEdges() {
    noClasses().that().resideInAPackage("io.tidegate.ingress.http..").should().dependOnClassesThat().resideInAPackage("io.tidegate.ingress.grpc..").check(all);
    noClasses().that().resideInAPackage("io.tidegate.ingress.grpc..").should().dependOnClassesThat().resideInAPackage("io.tidegate.ingress.http..").check(all);
    noClasses().that().resideInAPackage("io.tidegate.upstream.dialect..").should().dependOnClassesThat(resideInAnyPackage("io.netty..", "java.net..",
        "java.nio.file..", "java.nio.channels..", "org.slf4j..", "io.tidegate.upstream.gate..")).because("request encoders are pure").check(all);
  }

  @Test
  @DisplayName("wall: of Netty the line knows buffers only, and it has no clock, socket or file of its own")
  void theLineIsBlind() {
    noClasses().that().resideInAPackage("io.tidegate.line..").should().dependOnClassesThat(resideInAnyPackage("io.netty..", "io.grpc..", "java.net..",
        "java.nio.file..", "java.nio.channels..", "org.slf4j..").and(not(resideInAPackage("io.netty.buffer.."))))
        .because("the simulator walks the same line in virtual time").check(all);
    noClasses().that().resideInAPackage("io.tidegate.line..").should().callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
        .orShould().callMethod(java.time.Instant.class, "now").check(all);
  }

  @Test
  @DisplayName("G1 A1 client sockets are opened only where the wall allows")
  void onlyTheGateOpensConnections() {
    egress("upstream.gate", "plugin", "discovery", "telemetry", "cache.l2", "net.dns", "daemon", "cli").check(all);
  }

  @Test
  @DisplayName("G1 A1 the egress wall sees a hole where there is one")
  void theEgressWallCanFail() {
    JavaClasses gate = all.that(resideInAPackage("io.tidegate.upstream.gate..").as("the gate"));
    assertThat(egress("discovery").evaluate(gate).hasViolation()).isTrue();
  }

  private static ArchRule egress(String... openers) {
    DescribedPredicate<JavaClass> clients = named("io.netty.bootstrap.Bootstrap", "java.net.http.HttpClient", "java.net.Socket", "java.net.URL",
        "java.net.HttpURLConnection", "java.net.URLConnection", "java.nio.channels.SocketChannel", "java.nio.channels.AsynchronousSocketChannel",
        "java.nio.channels.DatagramChannel", "java.net.DatagramSocket", "javax.net.SocketFactory", "okhttp3.OkHttpClient", "org.kiwiproject.consul.Consul",
        "io.lettuce.core.RedisClient", "io.grpc.netty.NettyChannelBuilder", "io.grpc.ManagedChannelBuilder", "io.grpc.ManagedChannel", "io.grpc.ChannelCredentials");
    return noClasses().that(not(resideInAnyPackage(rooms(openers)))).should().dependOnClassesThat(clients).because("G1: there is one gate");
  }

  @Test
  @DisplayName("G1 of the rooms with sockets only the gate may see text")
  void socketsThatSeeText() {
    noClasses().that().resideInAnyPackage(rooms("discovery", "telemetry", "net.dns")).should().dependOnClassesThat(
        named("io.tidegate.model.Prompt", "io.tidegate.model.ModelRequest", "io.tidegate.wire.JsonText", "io.tidegate.wire.SplicedText",
            "io.tidegate.decide.Clearance")).because("G1: content leaves by the gate or not at all").check(all);
  }

  @Test
  @DisplayName("G1 the shared cache's client sees sealed entries only, and nobody else sees the client")
  void sealedBytes() {
    noClasses().that().resideInAPackage("io.tidegate.cache.l2..").should().dependOnClassesThat(resideInAnyPackage("io.tidegate.line..", "io.tidegate.model..",
        "io.tidegate.wire..", "io.tidegate.decide..", "io.tidegate.net..")).because("G1: what leaves for the shared layer is sealed before it comes there").check(all);
    noClasses().that(not(resideInAPackage("io.tidegate.cache.l2.."))).should().dependOnClassesThat().resideInAnyPackage("io.lettuce..", "reactor..")
        .because("who does not share a cache loads nothing of its client").check(all);
    noClasses().that().resideInAPackage("io.tidegate.cache").should().dependOnClassesThat().resideInAPackage("io.tidegate.cache.l2..")
        .because("the daemon plugs the store").check(all);
  }

  @Test
  @DisplayName("G1 A1 only Decider makes clearances and decisions, only audit makes receipts")
  void tokensAreMintedInOnePlace() {
    noClasses().that(not(named(Decider.class.getName()))).should(constructed(Clearance.class)).because("G1: forgery is impossible").check(all);
    noClasses().that(not(named(Decider.class.getName()))).should(constructed(Decision.class)).because("G1: a clearance follows from a decision").check(all);
    noClasses().that(not(resideInAPackage("io.tidegate.audit.."))).should(constructed(AuditReceipt.class))
        .because("G7: a receipt proves a written record").check(all);
    noClasses().that(not(named("io.tidegate.daemon.RehearsalPlugs"))).should(constructed(io.tidegate.audit.RehearsedAudit.class))
        .because("G7: receipts of a rehearsal are for rehearsals").check(all);
    noClasses().that().resideInAPackage("io.tidegate.assay..").should().dependOnClassesThat().resideInAnyPackage(EDGES)
        .because("what a rehearsal borrows from edges is plugged in by the daemon").check(all);
    assertThat(Clearance.class.getConstructors()).as("public constructors of Clearance").isEmpty();
    assertThat(Decision.class.getConstructors()).as("public constructors of Decision").isEmpty();
  }

  private static com.tngtech.archunit.lang.ArchCondition<JavaClass> constructed(Class<?> type) {
    return callConstructorWhere(new DescribedPredicate<JavaConstructorCall>("constructs " + type.getSimpleName()) {
      @Override
      public boolean test(JavaConstructorCall call) {
        return call.getTargetOwner().isEquivalentTo(type);
      }
    });
  }

  @Test
  @DisplayName("G3 a package that sees a prompt has no logger")
  void whoSeesTextHasNoLogger() {
    noClasses().that().resideInAnyPackage(Stream.of(all.stream().filter(type -> type.getDirectDependenciesFromSelf().stream()
        .anyMatch(on -> on.getTargetClass().isEquivalentTo(Prompt.class))).map(JavaClass::getPackageName).distinct().toArray(String[]::new))
        .flatMap(Stream::of).toArray(String[]::new)).should().dependOnClassesThat().resideInAnyPackage("org.slf4j..", "java.util.logging..",
            "ch.qos.logback..", "io.netty.handler.logging..").because("G3: what cannot log cannot leak").check(all);
  }

  @Test
  @DisplayName("wall: each package has a door sign that is null-marked")
  void doorSigns() throws IOException {
    for (String name : all.stream().map(JavaClass::getPackageName).distinct().sorted().toList()) {
      Path sign = Path.of("src/main/java", name.replace('.', '/'), "package-info.java");
      assertThat(sign).as("door sign of " + name).exists();
      assertThat(Files.readString(sign)).as("door sign of " + name).contains("NullMarked").contains("/**").doesNotContain("See the architecture page");
    }
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    return new DescribedPredicate<>("one of " + List.of(names)) {
      @Override
      public boolean test(JavaClass type) {
        return List.of(names).contains(type.getName());
      }
    };
  }
}
