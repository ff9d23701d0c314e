package io.tidegate.daemon.page;

import io.tidegate.admission.KeyEntry;
import io.tidegate.config.Listen;
import io.tidegate.model.Secret;
import io.tidegate.wire.JsonWriter;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The configuration in force, for eyes: the records as a tree, every secret a mask (B2, K7). What is shown is a closed list of kinds of values; any other
 * kind, which somebody may add tomorrow, shows as its kind's name only.
 */
final class MaskedConfig {
  private static final String MASK = "***";
  private static final int DEEPEST = 16;
  /** A text under such a name would be a mistake: secrets have a type of their own. It is masked all the same. */
  private static final Pattern SECRETIVE = Pattern.compile("(?i).*(secret|password|token|apikey|credential)");

  private MaskedConfig() {}

  static void write(JsonWriter out, Record config) {
    record(out, config, DEEPEST);
  }

  private static void record(JsonWriter out, Record record, int deep) {
    out.beginObject();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = read(record, component);
      if (value != null) {
        out.key(component.getName());
        if (value instanceof String && SECRETIVE.matcher(component.getName()).matches()) {
          out.string(MASK);
        } else {
          value(out, value, deep - 1);
        }
      }
    }
    out.endObject();
  }

  private static @Nullable Object read(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException closed) {
      return "(not shown)";
    }
  }

  private static void value(JsonWriter out, Object value, int deep) {
    if (value instanceof Secret) {
      out.string(MASK);
    } else if (value instanceof KeyEntry key) {
      out.beginObject().key("tenant").string(key.caller().tenant()).key("name").string(key.caller().name()).key("key").string(MASK).endObject();
    } else if (value instanceof Boolean flag) {
      out.bool(flag);
    } else if (value instanceof Float || value instanceof Double) {
      out.number(((Number) value).doubleValue());
    } else if (value instanceof Number number) {
      out.number(number.longValue());
    } else if (value instanceof URI uri) {
      out.string(uri.getRawUserInfo() == null ? uri.toString() : uri.toString().replace(uri.getRawUserInfo() + "@", MASK + "@"));
    } else if (value instanceof Duration duration) {
      out.string(text(duration));
    } else if (value instanceof Enum<?> word) {
      out.string(word.name().toLowerCase(java.util.Locale.ROOT));
    } else if (value instanceof String || value instanceof Path || value instanceof Listen || value instanceof InetSocketAddress || value instanceof ZoneId
        || value instanceof LocalTime) {
      out.string(value.toString());
    } else if (value instanceof io.tidegate.model.Cidr || value instanceof io.tidegate.admission.SpiffePattern) {
      out.string(value.toString());
    } else {
      inside(out, value, deep);
    }
  }

  private static void inside(JsonWriter out, Object value, int deep) {
    if (deep > 0 && value instanceof Record record) {
      record(out, record, deep);
    } else if (deep > 0 && value instanceof Collection<?> list) {
      out.beginArray();
      list.forEach(each -> value(out, each, deep - 1));
      out.endArray();
    } else if (deep > 0 && value instanceof Map<?, ?> map) {
      Map<String, Object> sorted = new TreeMap<>();
      map.forEach((key, each) -> sorted.put(key.toString(), each));
      out.beginObject();
      sorted.forEach((key, each) -> {
        out.key(key);
        value(out, each, deep - 1);
      });
      out.endObject();
    } else {
      out.string("(" + value.getClass().getSimpleName() + ")");
    }
  }

  /** As the file writes it, where it is a whole number of something. */
  private static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis != 0 && millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis != 0 && millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
