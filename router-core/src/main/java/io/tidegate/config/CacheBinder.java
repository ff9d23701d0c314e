package io.tidegate.config;

import io.tidegate.model.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The keys of {@code cache}. */
final class CacheBinder {
  private static final int REDIS_PORT = 6379;
  private static final int MIN_KEY = 32;
  private static final Duration MS = Duration.ofMillis(1);

  private final References references;

  CacheBinder(References references) {
    this.references = references;
  }

  TidegateConfig.Cache bind(Section s) {
    boolean enabled = s.flag("enabled", true);
    TidegateConfig.Cache cache = new TidegateConfig.Cache(enabled, s.bytes("size", 1 << 20, 64L << 30, 64 << 20), s.flag("coalesce", true),
        s.optional("snapshot", References::path).orElse(null), s.optional("warmUp", file -> references.readable(file, false)).orElse(null),
        s.optionalSection("shared").map(this::shared).orElse(null));
    if (!enabled && (cache.shared() != null || cache.snapshot() != null || cache.warmUp() != null)) {
      s.problem("enabled", "the cache is off, so there is nothing to share, to keep or to warm up", "remove 'enabled: false', or the keys beside it");
    }
    s.end();
    return cache;
  }

  private TidegateConfig.@org.jspecify.annotations.Nullable Shared shared(Section s) {
    Optional<URI> address = s.needed("address", CacheBinder::address);
    Optional<Path> ca = s.optional("ca", file -> references.readable(file, false));
    Optional<String> user = s.optional("user", CacheBinder::word);
    Optional<Secret> password = s.optional("password", references::secret);
    Optional<Secret> key = s.optional("key", this::key);
    String prefix = s.optional("prefix", CacheBinder::word).orElse("tidegate:");
    Duration wait = s.duration("wait", MS, Duration.ofMillis(100), Duration.ofMillis(2));
    if (address.isPresent()) {
      boolean plain = address.get().getScheme().equals("redis");
      if (plain && ca.isPresent()) {
        s.problem("ca", "a certificate authority is of no use without TLS", "write rediss:// in cache.shared.address, or remove ca");
      }
      if (plain && password.isPresent() && !Networks.loopback(address.get().getHost())) {
        s.problem("address", "the password would go over the network in the clear", "write rediss://, or the address of a Redis on this host");
      }
    }
    if (user.isPresent() && password.isEmpty()) {
      s.problem("user", "a user without a password is not let in", "add cache.shared.password, or remove user");
    }
    s.end();
    return address.map(url -> new TidegateConfig.Shared(host(url), url.getPort() < 0 ? REDIS_PORT : url.getPort(), database(url),
        url.getScheme().equals("rediss"), ca.orElse(null), user.orElse(null), password.orElse(null), key.orElse(null), prefix, wait)).orElse(null);
  }

  private Secret key(String reference) throws Malformed {
    Secret secret = references.secret(reference);
    if (secret.reveal().length() < MIN_KEY) {
      throw new Malformed("the key is shorter than " + MIN_KEY + " characters", "make one with: openssl rand -base64 32");
    }
    return secret;
  }

  private static URI address(String text) throws Malformed {
    try {
      URI url = new URI(text);
      boolean redis = "redis".equals(url.getScheme()) || "rediss".equals(url.getScheme());
      if (!redis || url.getHost() == null || url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null
          || !url.getRawPath().matches("(/[0-9]{0,4})?")) {
        throw new Malformed("this is not the address of a Redis", "write redis://host:port/database, or rediss:// for TLS; the password has a key of its own");
      }
      return url;
    } catch (URISyntaxException malformed) {
      throw new Malformed("this is not the address of a Redis", "write redis://host:port/database, or rediss:// for TLS");
    }
  }

  private static String host(URI url) {
    String host = url.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static int database(URI url) {
    String path = url.getRawPath();
    return path.length() <= 1 ? 0 : Integer.parseInt(path.substring(1));
  }

  private static String word(String text) throws Malformed {
    // A pattern's own characters would make a purge look at names of others.
    if (text.length() > 100 || !text.matches("[A-Za-z0-9:._/-]+")) {
      throw new Malformed("this is not a plain word", "write at most 100 of A-Z a-z 0-9 : . _ / -");
    }
    return text;
  }
}
