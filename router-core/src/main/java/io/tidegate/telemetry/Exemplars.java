package io.tidegate.telemetry;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.tidegate.line.RequestTrace;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Tells the registry which trace a measurement belongs to, so that a bucket can point at one that was kept. The registry asks from inside of a measurement, on its thread:
 * what is set around one measurement is taken back before anything else runs there (hazard B7). It asks now and then only, so ids are spelt when it does.
 */
public final class Exemplars implements SpanContext {
  private static final HexFormat HEX = HexFormat.of();

  private final ThreadLocal<@Nullable RequestTrace> measured = new ThreadLocal<>();

  void begin(RequestTrace trace) {
    measured.set(trace);
  }

  void end() {
    measured.remove();
  }

  @Override
  public @Nullable String getCurrentTraceId() {
    RequestTrace trace = measured.get();
    return trace == null ? null : HEX.toHexDigits(trace.high()) + HEX.toHexDigits(trace.low());
  }

  @Override
  public @Nullable String getCurrentSpanId() {
    RequestTrace trace = measured.get();
    return trace == null ? null : HEX.toHexDigits(trace.span());
  }

  @Override
  public boolean isCurrentSpanSampled() {
    return measured.get() != null;
  }

  @Override
  public void markCurrentSpanAsExemplar() {
    // It is kept already.
  }
}
