package io.tidegate.discovery;

import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;

/** What {@code /v1/agent/service/register} is told of a service that speaks the mesh's TLS by itself. Pure. */
final class MeshRegistration {
  private MeshRegistration() {}

  static String json(RegistrationConfig own, String run, boolean ready) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("ID").string(own.id()).key("Name").string(own.service()).key("Port").number(own.port());
    String address = own.address();
    if (address != null) {
      out.key("Address").string(address);
    }
    out.key("Tags").beginArray();
    own.tags().forEach(out::string);
    out.endArray();
    out.key("Meta").beginObject().key(AgentCalls.RUN).string(run).endObject();
    out.key("Connect").beginObject().key("Native").bool(true).endObject();
    out.key("Check").beginObject().key("CheckID").string("service:" + own.id()).key("Status").string(ready ? "passing" : "critical")
        .key("DeregisterCriticalServiceAfter").string(own.deregisterAfter().toMillis() + "ms");
    if (own.httpCheck() == null) {
      out.key("TTL").string(own.interval().multipliedBy(3).toMillis() + "ms");
    } else {
      out.key("HTTP").string(own.httpCheck().toString()).key("Interval").string(own.interval().toMillis() + "ms")
          .key("Timeout").string(own.patience().toMillis() + "ms");
    }
    out.endObject().endObject();
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }
}
