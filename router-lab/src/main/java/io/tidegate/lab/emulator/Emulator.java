package io.tidegate.lab.emulator;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.dialect.Load;
import io.tidegate.lab.dialect.Site;
import io.tidegate.lab.dialect.Switches;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.plan.ErrorForms.Complaint;
import io.tidegate.lab.plan.Plan;
import io.tidegate.lab.record.Received;
import io.tidegate.lab.tls.SelfMadeCertificate;
import io.tidegate.lab.wire.Exchange;
import io.tidegate.lab.wire.Port;
import io.tidegate.lab.wire.Service;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A running emulated upstream. Safe for any thread; methods that touch sockets wait until it is done and are not for event loops.
 *
 * <p>Faults strike model calls only (health and listing have {@link Switches}), and only calls that the dialect would have answered well.
 */
public final class Emulator implements AutoCloseable {
  private final EmulatorConfig config;
  private final EventLoopGroup loops;
  private final Received received;
  private final Switches switches = new Switches();
  private final Script script = new Script();
  private final Capacity capacity;
  private final Site site;
  private final Port port;
  private final AtomicLong calls = new AtomicLong();
  private final SplittableRandom computeOn;

  private Emulator(EmulatorConfig config) {
    this.config = config;
    this.received = new Received(config.recording(), config.recordLimitBytes());
    this.capacity = new Capacity(config.slots(), config.queue());
    this.site = Site.of(config, switches, capacity);
    this.computeOn = new SplittableRandom(config.seed());
    SslContext tls = tls(config.tls());
    this.loops = new MultiThreadIoEventLoopGroup(config.threads(), new DefaultThreadFactory("emulated-" + config.dialect(), true),
        NioIoHandler.newFactory());
    Port.Limits limits = new Port.Limits(config.maxStreams(), config.windowBytes(), 64 * 1024 * 1024);
    this.port = new Port(loops, new Desk(), received, limits, tls, new InetSocketAddress(config.bindAddress(), config.port()));
  }

  /** Starts listening; returns once connections are accepted. */
  public static Emulator start(EmulatorConfig config) {
    Emulator emulator = new Emulator(config);
    try {
      emulator.port.open();
      return emulator;
    } catch (RuntimeException e) {
      emulator.close();
      throw e;
    }
  }

  private static @Nullable SslContext tls(@Nullable SelfMadeCertificate certificate) {
    if (certificate == null) {
      return null;
    }
    try {
      return SslContextBuilder.forServer(certificate.key(), certificate.certificate())
          .sslProvider(SslProvider.JDK)
          .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN, SelectorFailureBehavior.NO_ADVERTISE,
              SelectedListenerFailureBehavior.ACCEPT, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
          .build();
    } catch (SSLException e) {
      throw new IllegalArgumentException("not a usable server certificate", e);
    }
  }

  public EmulatorConfig config() {
    return config;
  }

  /** The models it serves, the first being the default. */
  public List<String> models() {
    return config.models();
  }

  /** The port it listens on, the same for its whole life. */
  public int port() {
    return port.address().getPort();
  }

  /** {@code http://127.0.0.1:port} or {@code https://…}; without a path. */
  public String baseUrl() {
    String host = config.bindAddress().contains(":") ? "[" + config.bindAddress() + "]" : config.bindAddress();
    return (config.tls() == null ? "http://" : "https://") + host + ":" + port();
  }

  /** What reached it. */
  public Received received() {
    return received;
  }

  /** States that last: loading, dead, empty balance, lying health. */
  public Switches switches() {
    return switches;
  }

  /** Requests computed and waiting now, computing for clients that have left included. */
  public Load load() {
    return capacity;
  }

  /** Appends faults: each strikes one model call, in order; {@link Fault#none} lets one pass. */
  public void script(Fault... faults) {
    script.add(Arrays.asList(faults));
  }

  /** The fault that strikes every model call for which the script has none. */
  public void always(Fault fault) {
    script.always(fault);
  }

  /** Ends all scripted and standing faults. */
  public void clearFaults() {
    script.clear();
  }

  /** Stops listening and drops every connection, as a process that died; the kernel refuses new connections. */
  public void refuseConnections() {
    port.close(true);
  }

  /** Listens again on the same port. */
  public void acceptConnections() {
    port.open();
  }

  @Override
  public void close() {
    port.close(true);
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Where requests arrive, on their connections' loops. */
  private final class Desk implements Service {
    @Override
    public boolean early(Exchange exchange) {
      if (!exchange.request().method().equals("POST")) {
        return false;
      }
      Fault fault = script.nextEarly();
      if (!fault.early()) {
        return false;
      }
      Plan plan = Plan.refused(exchange.request(), site, Complaint.BUSY);
      fault.spoil(plan);
      exchange.play(plan);
      return true;
    }

    @Override
    public void serve(Exchange exchange) {
      long number = exchange.request().method().equals("POST") ? calls.incrementAndGet() : 0;
      Plan plan = site.answer(exchange.request(), number);
      Plan.Slot slot = plan.slot();
      if (slot == null) {
        exchange.play(plan);
        return;
      }
      script.next().spoil(plan);
      if (!plan.computes()) {
        exchange.play(plan);
        return;
      }
      boolean goesOn;
      synchronized (computeOn) {
        goesOn = config.computeOnShare() > 0 && computeOn.nextDouble() < config.computeOnShare();
      }
      if (goesOn) {
        exchange.computeOn();
      }
      queue(exchange, plan, slot);
    }

    private void queue(Exchange exchange, Plan plan, Plan.Slot slot) {
      Capacity.Place place = capacity.enter(slot.pool(), slot.priority(), () -> exchange.execute(() -> {
        if (!exchange.gone()) {
          exchange.play(plan);
        }
      }));
      if (place == null) {
        Complaint full = switch (config.dialect()) {
          case DEEPSEEK, OPENAI -> Complaint.RATE_LIMIT;
          default -> Complaint.BUSY;
        };
        exchange.play(Plan.refused(exchange.request(), plan.errors(), full));
        return;
      }
      exchange.onReleased(() -> capacity.leave(place));
    }
  }
}
