package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.channel.Channel;
import io.tidegate.admin.AdminPages;
import io.tidegate.admin.AdminServer;
import io.tidegate.admin.AdminView;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The daemon's own admin listener and page, over documents in which every text is script. */
final class HostilePages implements AdminPages, AutoCloseable {
  /** Words that the page takes for switches rather than texts; the rest of the document is hostile. */
  private static final Set<String> KEPT = Set.of("at", "boot", "id", "since", "time", "sensitivity", "latency_class", "destination", "state", "zone", "enforced");

  private final EventLoops loops = new EventLoops(Transport.best(), 1);
  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final byte[] snapshot;
  private final byte[] config;
  private final String evil;
  private final Channel channel;

  private HostilePages(byte[] snapshot, byte[] config, String evil) {
    this.snapshot = snapshot;
    this.config = config;
    this.evil = evil;
    try {
      this.channel = new AdminServer(loops, this, pool, pool).start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static HostilePages start(byte[] snapshot, byte[] config, String evil) {
    return new HostilePages(snapshot, config, evil);
  }

  int port() {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  /** The same document, every text replaced by script. */
  static JsonNode hostile(JsonNode node, String evil) {
    if (node.isTextual()) {
      return JsonNodeFactory.instance.textNode(evil);
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(each -> copy.add(hostile(each, evil)));
      return copy;
    }
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      node.properties().forEach(field -> {
        boolean kept = KEPT.contains(field.getKey());
        copy.set(field.getKey(), kept && field.getValue().isTextual() ? field.getValue() : hostile(field.getValue(), evil));
      });
      return copy;
    }
    return node;
  }

  @Override
  public java.util.concurrent.CompletionStage<Boolean> live() {
    return java.util.concurrent.CompletableFuture.completedFuture(true);
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public String openMetrics() {
    return metrics();
  }

  @Override
  public String metrics() {
    return "";
  }

  @Override
  public String status() {
    return "{}";
  }

  @Override
  public String shadow() {
    return "{}";
  }

  @Override
  public Optional<String> explain(String id, boolean text) {
    return Optional.of(evil);
  }

  @Override
  public byte[] view(AdminView view) {
    return config;
  }

  @Override
  public byte[] snapshot() {
    return snapshot;
  }

  @Override
  public byte[] judge(byte[] question) {
    try {
      ObjectMapper json = new ObjectMapper();
      JsonNode told = json.readTree("{'sensitivity':'restricted','latency_class':'x','findings':[{'type':'x','likelihood':'x','detector':'x','count':1}],'troubles':['x'],"
          .concat("'route':[{'to':'x','when':'x','after':'x'}],'rules':[{'id':'x','reason':'x','raise_to':'restricted','needs':'x','shadow':false,'failed':false}],")
          .concat("'join':[{'by':'x','says':'restricted','joined':'restricted'}],'upstreams':[{'name':'x','zone':'private','candidate':true,'open':true}],")
          .concat("'policy':{'version':'x','digest':'x'},'plugins_not_asked':0}").replace('\'', '"'));
      return json.writeValueAsString(hostile(told, evil)).getBytes(StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public Reload reloadPolicies() {
    return new Reload(true, "{}");
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    loops.close();
    pool.shutdownNow();
  }
}
