package io.tidegate.discovery;

import io.tidegate.model.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a Consul agent and how hard to ask it.
 *
 * @param address {@code http://host:port} or {@code https://host:port}, nothing behind it
 * @param access token and certificates; the token needs {@code node:read} and {@code service:read}
 * @param datacenter null for the agent's own
 * @param connectTimeout of one connection
 * @param longestWait longest blocking query, 1 s … 10 min; the agent adds up to a sixteenth
 * @param slack added to the read time-out beyond the agent's own longest wait
 * @param burst calls in quick succession to one service before the rate limit bites, at least 1
 * @param refill time for one further call
 * @param backoffBase first wait after a failure, doubled with each further one
 * @param backoffCap longest wait after a failure
 * @param emptyGrace how long a healthy Consul's empty list is doubted before it counts
 * @param amnesiaGrace the same where the index says that Consul lost its memory: services need a moment to register again
 * @param maxLastContact an answer from a server that heard its leader longer ago counts as leaderless
 * @param maxRows most instances of one service; a longer answer is a failure
 * @param maxBytes longest answer body; a longer one is a failure
 * @param choice which instances, and in which order
 */
public record ConsulConfig(URI address, ConsulAccess access, @Nullable String datacenter,
    Duration connectTimeout, Duration longestWait, Duration slack, int burst, Duration refill, Duration backoffBase, Duration backoffCap,
    Duration emptyGrace, Duration amnesiaGrace, Duration maxLastContact, int maxRows, int maxBytes, Choice choice) {
  /**
   * @param passing leave out instances with a warning, which else have a weight of their own
   * @param near in the order of the estimated round trip from the agent, else by id
   */
  public record Choice(boolean passing, boolean near) {
    public static final Choice ALL = new Choice(false, false);
  }

  /** The agent on this host. */
  public static final URI LOCAL_AGENT = URI.create("http://127.0.0.1:8500");

  /** @throws IllegalArgumentException with the key at fault, if a value is out of its range */
  public ConsulConfig {
    String scheme = address.getScheme();
    boolean bare = address.getPath() == null || address.getPath().isEmpty() || address.getPath().equals("/");
    require("http".equals(scheme) || "https".equals(scheme), "address: use http:// or https://");
    require(address.getHost() != null && address.getUserInfo() == null && bare && address.getQuery() == null,
        "address: use scheme://host:port");
    boolean waits = longestWait.compareTo(Duration.ofSeconds(1)) >= 0 && longestWait.compareTo(Duration.ofMinutes(10)) <= 0;
    require(waits, "longestWait: use 1s to 10m");
    require(positive(connectTimeout) && positive(slack), "connectTimeout and slack: use more than 0");
    require(burst >= 1 && positive(refill), "burst and refill: use more than 0");
    require(positive(backoffBase) && backoffCap.compareTo(backoffBase) >= 0, "backoffCap: use at least backoffBase, and that more than 0");
    require(!emptyGrace.isNegative() && !amnesiaGrace.isNegative(), "emptyGrace and amnesiaGrace: use 0 or more");
    require(!maxLastContact.isNegative(), "maxLastContact: use 0 or more");
    require(maxRows >= 1 && maxBytes >= 1024, "maxRows: use at least 1, maxBytes at least 1024");
  }

  /** The shipped numbers. */
  public static ConsulConfig defaults(URI address) {
    return new ConsulConfig(address, ConsulAccess.NONE, null, Duration.ofSeconds(2), Duration.ofSeconds(55), Duration.ofSeconds(10), 2,
        Duration.ofSeconds(15), Duration.ofMillis(500), Duration.ofSeconds(10), Duration.ZERO, Duration.ofSeconds(30),
        Duration.ofSeconds(30), 10_000, 16 << 20, Choice.ALL);
  }

  public ConsulConfig withToken(@Nullable Secret token) {
    return with(access.withToken(token));
  }

  public ConsulConfig withCaFile(@Nullable String caFile) {
    return with(access.withCa(caFile == null ? null : Path.of(caFile)));
  }

  /** What is shown to the agent. */
  public ConsulConfig with(ConsulAccess access) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  public ConsulConfig withChoice(Choice choice) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  public ConsulConfig withDatacenter(@Nullable String datacenter) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  /** Times of one query: longest wait and what is added to the read time-out. */
  public ConsulConfig withWait(Duration longestWait, Duration slack) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  /** Rate of calls while all goes well, and waits after failures. */
  public ConsulConfig withPace(int burst, Duration refill, Duration backoffBase, Duration backoffCap) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  /** How long an empty list is doubted: from a Consul with its memory, and from one that lost it. */
  public ConsulConfig withGraces(Duration emptyGrace, Duration amnesiaGrace) {
    return new ConsulConfig(address, access, datacenter, connectTimeout, longestWait, slack, burst, refill, backoffBase, backoffCap,
        emptyGrace, amnesiaGrace, maxLastContact, maxRows, maxBytes, choice);
  }

  private static boolean positive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException(problem);
    }
  }
}
