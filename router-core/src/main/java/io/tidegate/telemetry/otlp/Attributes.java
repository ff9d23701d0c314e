package io.tidegate.telemetry.otlp;

import org.jspecify.annotations.Nullable;

/** {@code KeyValue}s of one message. What is empty or unknown is left out. */
record Attributes(ProtoWriter to, int field) {
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int STRING = 1;
  private static final int INT = 3;
  private static final int DOUBLE = 4;

  Attributes text(String key, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      to.message(field, pair -> pair.text(KEY, key).message(VALUE, any -> any.text(STRING, value)));
    }
    return this;
  }

  /** Nothing for a number below 0: it is not known. */
  Attributes count(String key, long value) {
    if (value >= 0) {
      to.message(field, pair -> pair.text(KEY, key).message(VALUE, any -> any.varint(INT, value)));
    }
    return this;
  }

  Attributes seconds(String key, double value) {
    to.message(field, pair -> pair.text(KEY, key).message(VALUE, any -> any.number(DOUBLE, value)));
    return this;
  }
}
