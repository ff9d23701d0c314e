package io.tidegate.discovery;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The calls a watch makes. Blocking: on a thread of discovery only. */
final class ServiceQuery {
  private final ConsulConfig config;
  private final ConsulHttp http;

  ServiceQuery(ConsulConfig config, ConsulHttp http) {
    this.config = config;
    this.http = http;
  }

  /**
   * The instances of {@code service}, whatever their checks say, by id, unless the configuration chooses: {@code passing} drops warnings, {@code near} the
   * streaming backend.
   *
   * @param mesh only those that speak the mesh's TLS, by themselves or through a proxy beside them
   * @param index from an earlier answer: blocks until something changed or {@code waitNanos} is over; 0 answers at once
   */
  ConsulAnswer ask(String service, boolean mesh, long index, long waitNanos) throws ConsulFailure, InterruptedException {
    StringBuilder path = path(service, mesh);
    Duration limit = config.connectTimeout().plus(config.slack());
    if (index > 0) {
      long millis = Math.max(1, waitNanos / 1_000_000);
      path.append(config.datacenter() == null ? '?' : '&').append("index=").append(index).append("&wait=").append(millis).append("ms");
      limit = limit.plusMillis(millis + millis / 16);
    }
    return http.get(chosen(path), limit);
  }

  private String chosen(StringBuilder path) {
    if (config.choice().passing()) {
      path.append(path.indexOf("?") < 0 ? '?' : '&').append("passing");
    }
    if (config.choice().near()) {
      path.append(path.indexOf("?") < 0 ? '?' : '&').append("near=_agent");
    }
    return path.toString();
  }

  /** Whether Consul shows our own registration to our token. */
  boolean shows(OwnRegistration own) throws ConsulFailure, InterruptedException {
    // Where our agent is, and whatever its check says.
    ConsulAnswer answer = http.get("/v1/health/service/" + encoded(own.service()), config.connectTimeout().plus(config.slack()));
    return HealthRows.holds(answer.body(), own.id(), config.maxRows());
  }

  private StringBuilder path(String service, boolean mesh) {
    StringBuilder path = new StringBuilder(mesh ? "/v1/health/connect/" : "/v1/health/service/").append(encoded(service));
    String datacenter = config.datacenter();
    return datacenter == null ? path : path.append("?dc=").append(encoded(datacenter));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
