package io.tidegate.line;

import io.tidegate.dispatch.Catalog;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.wire.JsonWriter;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** OpenAI's model list from configuration, with the zones each name may be served from (decisions 36). */
final class ModelList {
  private ModelList() {}

  static byte[] json(Catalog catalog) {
    Map<String, Set<Zone>> zones = new TreeMap<>();
    for (Upstream upstream : catalog.upstreams()) {
      zones.computeIfAbsent("auto", name -> EnumSet.noneOf(Zone.class)).add(upstream.zone());
      for (String model : upstream.models()) {
        if (!model.equals("*")) {
          zones.computeIfAbsent(model, name -> EnumSet.noneOf(Zone.class)).add(upstream.zone());
        }
      }
      for (String alias : upstream.aliases().keySet()) {
        zones.computeIfAbsent(alias, name -> EnumSet.noneOf(Zone.class)).add(upstream.zone());
      }
    }
    JsonWriter out = new JsonWriter();
    out.beginObject().key("object").string("list").key("data").beginArray();
    zones.forEach((name, in) -> {
      out.beginObject().key("id").string(name).key("object").string("model").key("created").number(0).key("owned_by").string("tidegate");
      out.key("zones").beginArray();
      in.forEach(zone -> out.string(zone.name()));
      out.endArray().endObject();
    });
    out.endArray().endObject();
    return out.toBytes();
  }
}
