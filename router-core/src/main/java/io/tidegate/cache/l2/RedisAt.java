package io.tidegate.cache.l2;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how it lets us in. Prints no secret.
 *
 * @param ca PEM file of authorities; null for those of the platform. Only with {@code tls}
 * @param user null for the default user
 * @param password null for none
 * @param prefix of every name, so that several may share a database
 */
public record RedisAt(String host, int port, int database, boolean tls, @Nullable Path ca, @Nullable String user, @Nullable String password, String prefix) {
  @Override
  public String toString() {
    return (tls ? "rediss://" : "redis://") + host + ":" + port + "/" + database;
  }
}
