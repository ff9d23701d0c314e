package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContext;
import io.tidegate.admission.Callers;
import io.tidegate.lab.tls.SelfMadeCertificate;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Callers by key, by Unix user and by certificate, over HTTP/1.1, HTTP/2 and gRPC. The policy lowers for the group {@code finance} of the tenant
 * {@code corp}: e-mail addresses do not count there, and harmless requests are PUBLIC. So an answer's sensitivity tells who the router took the caller for.
 */
class IdentityIT {
  private static final String MAIL = "Write an answer to jane.roe@northwind-traders.com please.";
  private static final String KEY = "key-of-finance-0123456789abcdef";
  private static final String OTHER_KEY = "key-of-others-0123456789abcdef";
  private static final String LAB_KEY = "key-of-lab-0123456789abcdef";

  @TempDir Path folder;
  private Path policies;
  private Path keys;

  @BeforeEach
  void files() throws IOException {
    policies = Files.createDirectory(folder.resolve("policies"));
    Files.copy(TestBed.root().resolve("policies/baseline.yaml"), policies.resolve("baseline.yaml"));
    Files.writeString(policies.resolve("corp.yaml"), """
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: corp, revision: 1, owner: secops}
        spec:
          exclusions:
            - {id: finance-mail, types: [EMAIL], tenants: [corp], groups: [finance], owner: secops, expires: 2099-06-30}
          grants:
            - {id: finance-public, tenants: [corp], groups: [finance], owner: secops, expires: 2099-06-30}
        ...
        """);
    keys = Files.writeString(folder.resolve("keys"), "corp:ledger:" + Callers.hashOf(KEY) + ":finance\ncorp:other:" + Callers.hashOf(OTHER_KEY)
        + "\nlab:any:" + Callers.hashOf(LAB_KEY) + ":finance\n");
  }

  private TestBed.Builder bed() {
    return TestBed.builder().policies(policies);
  }

  /** What was decided for one request: its sensitivity in lower case, or the status of a refusal. */
  interface Way {
    String ask(String text, String... headers) throws Exception;
  }

  private static void lowersByIdentityOnly(Way way) throws Exception {
    assertThat(way.ask("Sort a list.")).isEqualTo("public");
    assertThat(way.ask(MAIL)).isEqualTo("public");
    assertThat(way.ask(MAIL, "x-tidegate-sensitivity", "internal")).as("a caller may raise").isEqualTo("internal");
    assertThat(way.ask("Sort a list.", "x-tidegate-sensitivity", "restricted")).isEqualTo("restricted");
    assertThat(way.ask(Samples.patient(new SplittableRandom(1)), "x-tidegate-sensitivity", "public")).as("and not lower").isEqualTo("restricted");
  }

  private static void isNotFinance(Way way, String... more) throws Exception {
    assertThat(way.ask("Sort a list.", more)).isEqualTo("internal");
    assertThat(way.ask(MAIL, more)).isEqualTo("confidential");
  }

  private static String[] with(String[] headers, String... more) {
    String[] all = java.util.Arrays.copyOf(headers, headers.length + more.length);
    System.arraycopy(more, 0, all, headers.length, more.length);
    return all;
  }

  // The ways in

  private static Way http(TestBed bed, String... always) {
    return (text, headers) -> told(bed.chat("auto", text, false, with(headers, always)));
  }

  private static String told(HttpResponse<String> answer) {
    return answer.statusCode() == 200 ? answer.headers().firstValue("x-tidegate-sensitivity").orElseThrow().toLowerCase(java.util.Locale.ROOT)
        : Integer.toString(answer.statusCode());
  }

  private static Way unix(Path socket, String... always) {
    return (text, headers) -> {
      UnixHttp answer = UnixHttp.post(socket, TestBed.body("auto", text, false), with(headers, always));
      return answer.status() == 200 ? answer.header("x-tidegate-sensitivity").toLowerCase(java.util.Locale.ROOT) : Integer.toString(answer.status());
    };
  }

  private static Way grpc(ManagedChannel channel, String... always) {
    return (text, headers) -> {
      Metadata metadata = new Metadata();
      String[] all = with(headers, always);
      for (int i = 0; i < all.length; i += 2) {
        metadata.put(Metadata.Key.of(all[i], Metadata.ASCII_STRING_MARSHALLER), all[i + 1]);
      }
      try {
        ChatResponse answer = RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
            .withDeadlineAfter(20, TimeUnit.SECONDS).chat(ChatRequest.newBuilder().setModel("auto").setTemperature(0)
                .addMessages(Message.newBuilder().setRole("user").setContent(text)).build());
        return answer.getRoute().getSensitivity().name().substring("SENSITIVITY_".length()).toLowerCase(java.util.Locale.ROOT);
      } catch (StatusRuntimeException refused) {
        return refused.getStatus().getCode() == Status.Code.UNAUTHENTICATED ? "401" : refused.getStatus().getCode().name();
      }
    };
  }

  private static NettyChannelBuilder tcp(TestBed bed) {
    return NettyChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).disableRetry();
  }

  private interface WithChannel {
    void run(ManagedChannel channel) throws Exception;
  }

  private static void closing(ManagedChannel channel, WithChannel then) throws Exception {
    try {
      then.run(channel);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  // Keys

  @Test
  @DisplayName("A8 by key: its line's groups lower, nobody else's, and no header makes a tenant or a group; HTTP and gRPC alike")
  void byKey() throws Exception {
    String[] invented = {"x-tidegate-tenant", "corp", "x-tidegate-groups", "finance", "x-tidegate-caller", "ledger", "x-groups", "finance"};
    try (TestBed bed = bed().section("callers", "{keysFile: '" + keys + "'}").start()) {
      lowersByIdentityOnly(http(bed, "authorization", "Bearer " + KEY));
      isNotFinance(http(bed, "authorization", "Bearer " + OTHER_KEY), invented);
      isNotFinance(http(bed, "authorization", "Bearer " + LAB_KEY), invented);
      isNotFinance(http(bed), invented);
      assertThat(http(bed, "authorization", "Bearer wrong").ask("x", invented)).isEqualTo("401");
      closing(tcp(bed).usePlaintext().build(), channel -> {
        lowersByIdentityOnly(grpc(channel, "authorization", "Bearer " + KEY));
        isNotFinance(grpc(channel, "authorization", "Bearer " + OTHER_KEY), invented);
        isNotFinance(grpc(channel), invented);
        assertThat(grpc(channel, "authorization", "Bearer wrong").ask("x", invented)).isEqualTo("401");
        assertThat(grpc(channel, "authorization", "Basic x").ask("x")).isEqualTo("401");
      });
    }
  }

  // Users

  private static long uid() throws IOException, InterruptedException {
    Process id = new ProcessBuilder("id", "-u").start();
    String said = new String(id.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    id.waitFor();
    return Long.parseLong(said);
  }

  private static void overUnix(Path socket, WithChannel then) throws Exception {
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      closing(NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile())).channelType(EpollDomainSocketChannel.class, DomainSocketAddress.class)
          .eventLoopGroup(group).usePlaintext().disableRetry().overrideAuthority("localhost").build(), then);
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  private TestBed.Builder sockets() {
    return bed().section("http", "{listen: 'unix:" + folder.resolve("http.sock") + "', socketMode: '0666'}")
        .section("grpc", "{listen: 'unix:" + folder.resolve("grpc.sock") + "'}");
  }

  @Test
  @DisplayName("decisions 15 by Unix user: the kernel's word lowers, over HTTP and gRPC; a user without a rule is refused")
  void byUser() throws Exception {
    assumeTrue(Epoll.isAvailable());
    try (TestBed bed = sockets().section("callers", "{unix: [{uid: " + uid() + ", tenant: corp, name: ledger, groups: [finance]}]}").start()) {
      lowersByIdentityOnly(unix(folder.resolve("http.sock")));
      overUnix(folder.resolve("grpc.sock"), channel -> lowersByIdentityOnly(grpc(channel)));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("http.sock")))).isEqualTo("rw-rw-rw-");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("grpc.sock")))).isEqualTo("rw-rw----");
    }
    assertThat(folder.resolve("http.sock")).as("gone with the daemon").doesNotExist();
    try (TestBed bed = sockets().section("callers", "{unix: [{uid: " + (uid() + 1) + ", tenant: corp, name: ledger, groups: [finance]}]}").start()) {
      assertThat(unix(folder.resolve("http.sock")).ask("x")).isEqualTo("401");
      overUnix(folder.resolve("grpc.sock"), channel -> assertThat(grpc(channel).ask("x")).isEqualTo("401"));
    }
  }

  @Test
  @DisplayName("decisions 15 without a rule the user is a tenant of its own; a key may name another; with a rule the two must agree")
  void userAndKey() throws Exception {
    assumeTrue(Epoll.isAvailable());
    Path socket = folder.resolve("http.sock");
    try (TestBed bed = sockets().section("callers", "{keysFile: '" + keys + "'}").start()) {
      isNotFinance(unix(socket));
      lowersByIdentityOnly(unix(socket, "authorization", "Bearer " + KEY));
      assertThat(unix(socket, "authorization", "Bearer wrong").ask("x")).isEqualTo("401");
    }
    try (TestBed bed = sockets().section("callers", "{keysFile: '" + keys + "', unix: [{uid: " + uid() + ", tenant: corp, name: box}]}").start()) {
      isNotFinance(unix(socket));
      lowersByIdentityOnly(unix(socket, "authorization", "Bearer " + KEY));
      assertThat(unix(socket, "authorization", "Bearer " + LAB_KEY).ask("x")).as("another tenant's key").isEqualTo("401");
      overUnix(folder.resolve("grpc.sock"), channel -> {
        lowersByIdentityOnly(grpc(channel, "authorization", "Bearer " + KEY));
        assertThat(grpc(channel, "authorization", "Bearer " + LAB_KEY).ask("x")).isEqualTo("401");
      });
    }
  }

  @Test
  @DisplayName("decisions 15 a process of another user is another caller, whatever it says")
  void anotherUsersProcess() throws Exception {
    assumeTrue(Epoll.isAvailable() && uid() == 0 && Files.isExecutable(Path.of("/usr/bin/setpriv")) && Files.isExecutable(Path.of("/usr/bin/curl")));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String rules = "{unix: [{uid: 0, tenant: corp, name: ledger, groups: [finance]}, {uid: 54321, tenant: corp, name: other}, {gid: 777, tenant: lab, name: lab}]}";
    try (TestBed bed = sockets().section("callers", rules).start()) {
      assertThat(curl(0, 0)).isEqualTo("public");
      assertThat(curl(54_321, 777)).isEqualTo("confidential");
      assertThat(curl(54_322, 777)).as("by its group").isEqualTo("confidential");
      assertThat(curl(54_323, 778)).isEqualTo("401");
    }
  }

  private String curl(int uid, int gid) throws IOException, InterruptedException {
    Process curl = new ProcessBuilder("/usr/bin/setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "/usr/bin/curl", "-s", "-D", "-", "-o",
        "/dev/null", "--unix-socket", folder.resolve("http.sock").toString(), "-H", "content-type: application/json", "-H", "x-tidegate-groups: finance",
        "-d", TestBed.body("auto", MAIL, false), "http://localhost/v1/chat/completions").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    UnixHttp answer = new UnixHttp(new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    assertThat(curl.waitFor()).isZero();
    return answer.status() == 200 ? answer.header("x-tidegate-sensitivity").toLowerCase(java.util.Locale.ROOT) : Integer.toString(answer.status());
  }

  @Test
  @DisplayName("a socket file that a killed daemon left is cleared away; one that is in use, or another file, is not touched")
  void socketFiles() throws Exception {
    assumeTrue(Epoll.isAvailable());
    Path socket = folder.resolve("http.sock");
    try (ServerSocketChannel left = ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      left.bind(java.net.UnixDomainSocketAddress.of(socket));
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> sockets().start())).hasMessageContaining("somebody listens");
    }
    assertThat(socket).exists();
    try (TestBed bed = sockets().start()) {
      assertThat(unix(socket).ask("Sort a list.")).isEqualTo("internal");
    }
    Files.writeString(socket, "mine");
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> sockets().start())).hasMessageContaining("is not a socket");
    assertThat(socket).hasContent("mine");
  }

  // Workloads

  private static SSLContext client(SelfMadeCertificate authority, @Nullable SelfMadeCertificate own) throws Exception {
    KeyManagerFactory identity = null;
    if (own != null) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", own.key(), new char[0], new java.security.cert.Certificate[] {own.certificate()});
      identity = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      identity.init(store, new char[0]);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authority.trustStore());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity == null ? null : identity.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static Way https(TestBed bed, HttpClient.Version version, SelfMadeCertificate authority, @Nullable SelfMadeCertificate own, String... always)
      throws Exception {
    HttpClient client = HttpClient.newBuilder().version(version).sslContext(client(authority, own)).connectTimeout(Duration.ofSeconds(10)).build();
    return (text, headers) -> {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + bed.daemon.httpPort() + "/v1/chat/completions"))
          .timeout(Duration.ofSeconds(20)).header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", text, false)));
      String[] all = with(headers, always);
      for (int i = 0; i < all.length; i += 2) {
        request.header(all[i], all[i + 1]);
      }
      try {
        HttpResponse<String> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(version);
        return told(answer);
      } catch (IOException handshake) {
        return "no connection";
      }
    };
  }

  private static ManagedChannel grpcs(TestBed bed, SelfMadeCertificate authority, SelfMadeCertificate own) throws Exception {
    SslContext tls = GrpcSslContexts.forClient().trustManager(authority.certificate()).keyManager(own.key(), own.certificate()).build();
    return tcp(bed).overrideAuthority("localhost").sslContext(tls).build();
  }

  private TestBed secure(SelfMadeCertificate authority, String callers) throws IOException {
    Path ca = Files.writeString(folder.resolve("ca.crt"), authority.pem());
    Path key = Files.writeString(folder.resolve("tls.key"), authority.keyPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    String listener = "{listen: '127.0.0.1:0', tls: {certificate: '" + ca + "', key: '" + key + "', clientCa: '" + ca + "'}}";
    return bed().section("http", listener).section("grpc", listener).section("callers", callers).start();
  }

  @Test
  @DisplayName("by certificate: a verified SPIFFE id names the caller over HTTP/1.1, HTTP/2 and gRPC; one that only resembles a rule's is refused, from loopback too")
  void byCertificate() throws Exception {
    SelfMadeCertificate authority = SelfMadeCertificate.forLoopback();
    SelfMadeCertificate ledger = SelfMadeCertificate.forWorkload(authority, "spiffe://corp/ns/prod/sa/ledger");
    String callers = "{keysFile: '" + keys + "', trustDomain: corp, spiffe: [{id: 'spiffe://corp/ns/*/sa/ledger', tenant: corp, name: ledger, groups: [finance]}, "
        + "{id: 'spiffe://corp/ns/*/sa/other', tenant: corp, name: other}]}";
    try (TestBed bed = secure(authority, callers)) {
      for (HttpClient.Version version : HttpClient.Version.values()) {
        lowersByIdentityOnly(https(bed, version, authority, ledger));
        isNotFinance(https(bed, version, authority, SelfMadeCertificate.forWorkload(authority, "spiffe://corp/ns/dev/sa/other")), "x-tidegate-groups", "finance");
        for (String like : List.of("spiffe://corp/ns/prod/sa/ledger2", "spiffe://corp/ns/prod/sa/ledger/x", "spiffe://evil/ns/prod/sa/ledger",
            "spiffe://corp/ns/a/b/sa/ledger", "https://corp/ns/prod/sa/ledger")) {
          assertThat(https(bed, version, authority, SelfMadeCertificate.forWorkload(authority, like)).ask("x")).as(like).isEqualTo("401");
        }
        assertThat(https(bed, version, authority, SelfMadeCertificate.forWorkload(authority, "spiffe://corp/ns/a/sa/ledger", "spiffe://corp/ns/a/sa/other")).ask("x"))
            .as("two names").isEqualTo("401");
        assertThat(https(bed, version, authority, SelfMadeCertificate.forWorkload(authority)).ask("x")).as("no name").isEqualTo("401");
        assertThat(https(bed, version, authority, authority).ask("x")).as("the authority itself").isEqualTo("401");
        assertThat(https(bed, version, authority, ledger, "authorization", "Bearer " + OTHER_KEY).ask(MAIL)).as("the key says more").isEqualTo("confidential");
        assertThat(https(bed, version, authority, ledger, "authorization", "Bearer " + LAB_KEY).ask("x")).as("a contradiction").isEqualTo("401");
      }
      closing(grpcs(bed, authority, ledger), channel -> {
        lowersByIdentityOnly(grpc(channel));
        assertThat(grpc(channel, "authorization", "Bearer " + LAB_KEY).ask("x")).isEqualTo("401");
      });
      closing(grpcs(bed, authority, SelfMadeCertificate.forWorkload(authority, "spiffe://corp/ns/dev/sa/other")), channel -> isNotFinance(grpc(channel)));
      closing(grpcs(bed, authority, SelfMadeCertificate.forWorkload(authority, "spiffe://corp/ns/prod/sa/ledger2")),
          channel -> assertThat(grpc(channel).ask("x")).isEqualTo("401"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"none", "of another authority", "over"})
  @DisplayName("F5 a certificate that does not verify lets in nobody, whatever it says")
  void unverified(String which) throws Exception {
    SelfMadeCertificate authority = SelfMadeCertificate.forLoopback();
    String id = "spiffe://corp/ns/prod/sa/ledger";
    SelfMadeCertificate own = switch (which) {
      case "none" -> null;
      case "of another authority" -> SelfMadeCertificate.forWorkload(SelfMadeCertificate.forLoopback(), id);
      default -> SelfMadeCertificate.forWorkload(authority, Instant.now().minusSeconds(60), id);
    };
    try (TestBed bed = secure(authority, "{trustDomain: corp, spiffe: [{id: '" + id + "', tenant: corp, name: ledger, groups: [finance]}]}")) {
      assertThat(https(bed, HttpClient.Version.HTTP_1_1, authority, own).ask("x")).isEqualTo("no connection");
      assertThat(https(bed, HttpClient.Version.HTTP_2, authority, own).ask("x")).isEqualTo("no connection");
      assertThat(https(bed, HttpClient.Version.HTTP_2, authority, SelfMadeCertificate.forWorkload(authority, id)).ask("Sort a list.")).isEqualTo("public");
    }
  }
}
