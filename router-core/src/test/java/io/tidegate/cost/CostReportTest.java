package io.tidegate.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidegate.cost.CostReport.Cause;
import io.tidegate.cost.Price.Hours;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CostReportTest {
  /** DeepSeek's table (upstreams.md, section 2), and a machine of one's own. */
  private static final List<Hours> PEAK = List.of(new Hours(0b11111, LocalTime.of(9, 0), LocalTime.of(12, 0)),
      new Hours(0b11111, LocalTime.of(14, 0), LocalTime.of(18, 0)));
  private static final ZoneId BEIJING = ZoneId.of("Asia/Shanghai");
  private static final Price PRO = new Price("pro", 0.66, 0.022, 1.98, 100, 200, BEIJING, PEAK);
  private static final Price FLASH = new Price("flash", 0.15, 0.003, 0.60, 50, 200, BEIJING, PEAK);
  private static final Price OWN = new Price("own", 0, 0, 0.30, 100, 100, ZoneId.of("UTC"), List.of());
  private static final Instant NIGHT = Instant.parse("2026-11-25T20:00:00Z");

  private final CostReport report = new CostReport(List.of(PRO, FLASH, OWN), "pro");

  private static Answered answer(String upstream, boolean cache, boolean shared, boolean job, long in, long hit, long out) {
    return new Answered(upstream, cache, shared, job, in, hit, out, NIGHT);
  }

  @Test
  @DisplayName("R2.8 each cause by itself, in figures done by hand")
  void causes() {
    report.add(answer("pro", false, false, false, 1_000_000, 0, 1_000_000));
    assertThat(report.share()).isZero();
    assertThat(report.without()).isEqualTo(2.64, within(1e-9));
    report.add(answer("", true, false, false, 1_000_000, 0, 1_000_000));
    report.add(answer("pro", false, true, false, 1_000_000, 0, 1_000_000));
    report.add(answer("pro", false, false, false, 1_000_000, 500_000, 1_000_000));
    report.add(answer("flash", false, false, true, 1_000_000, 500_000, 1_000_000));
    double all = 5 * 2.64;
    assertThat(report.without()).isEqualTo(all, within(1e-9));
    assertThat(report.share(Cause.CACHE)).isEqualTo(2.64 / all, within(1e-9));
    assertThat(report.share(Cause.DEDUPE)).isEqualTo(2.64 / all, within(1e-9));
    assertThat(report.share(Cause.TARGET)).isEqualTo((2.64 - 0.75) / all, within(1e-9));
    assertThat(report.share(Cause.PREFIX)).isEqualTo((0.319 + 0.0735) / all, within(1e-9));
    assertThat(report.share(Cause.TARIFF)).isEqualTo(0.6765 / 2 / all, within(1e-9));
    assertThat(report.with()).isEqualTo(2.64 + (2.64 - 0.319) + 0.6765 / 2, within(1e-9));
    assertThat(report.answers(Cause.PREFIX)).isEqualTo(2);
  }

  @Test
  @DisplayName("R2.8 the causes add up to the whole, whatever the workload")
  void addUp() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 10_000; i++) {
      long in = random.nextInt(10_000);
      int how = random.nextInt(4);
      report.add(new Answered(List.of("pro", "flash", "own").get(random.nextInt(3)), how == 0, how == 1, random.nextBoolean(), in, random.nextLong(in + 1),
          random.nextInt(2_000), NIGHT.plusSeconds(random.nextInt(7 * 86_400))));
    }
    double sum = 0;
    for (Cause cause : Cause.values()) {
      sum += report.share(cause);
    }
    assertThat(sum).isEqualTo(report.share(), within(1e-9));
    assertThat(report.share()).isEqualTo(1 - report.with() / report.without(), within(1e-12)).isBetween(0.3, 0.95);
  }

  @Test
  @DisplayName("R2.8 peak hours go by the upstream's own clock: twice the price on a weekday's morning in Beijing, not at noon, nor on a Sunday")
  void peak() {
    long million = 1_000_000;
    assertThat(FLASH.of(million, 0, 0, Instant.parse("2026-11-25T01:00:00Z"))).isEqualTo(0.30, within(1e-9));
    assertThat(FLASH.of(million, 0, 0, Instant.parse("2026-11-25T03:59:59Z"))).isEqualTo(0.30, within(1e-9));
    assertThat(FLASH.of(million, 0, 0, Instant.parse("2026-11-25T04:00:00Z"))).isEqualTo(0.15, within(1e-9));
    assertThat(FLASH.of(million, 0, 0, Instant.parse("2026-11-25T06:00:00Z"))).isEqualTo(0.30, within(1e-9));
    assertThat(FLASH.of(million, 0, 0, Instant.parse("2026-11-29T06:00:00Z"))).isEqualTo(0.15, within(1e-9));
  }

  @Test
  @DisplayName("R2.8 what has no price is left out and named, never taken for nothing")
  void unpriced() {
    report.add(answer("elsewhere", false, false, false, 10, 0, 10));
    assertThat(report.count()).isZero();
    assertThat(report.unpriced()).containsExactly("elsewhere");
  }

  @Test
  @DisplayName("R2.8 a dearer target counts against the saving")
  void dearer() {
    CostReport other = new CostReport(List.of(PRO, FLASH), "flash");
    other.add(answer("pro", false, false, false, 1_000, 0, 1_000));
    assertThat(other.share(Cause.TARGET)).isNegative();
    assertThat(other.share()).isEqualTo(other.share(Cause.TARGET), within(1e-12));
  }

  @Test
  @DisplayName("R2.8 a line of a file of answers is read: tokens, route, time")
  void line() throws JsonException {
    String text = "{\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"body\":{\"created\":1764000000,\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,"
        + "\"prompt_tokens_details\":{\"cached_tokens\":3}}}},\"route\":{\"upstream\":\"flash\",\"cache\":\"miss\",\"attempts\":1},\"error\":null}";
    assertThat(Answered.line(JsonText.parse(text.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)))
        .contains(new Answered("flash", false, false, true, 9, 3, 4, Instant.ofEpochSecond(1_764_000_000)));
    assertThat(Answered.line(JsonText.parse(text.replace("\"attempts\":1", "\"attempts\":0").getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)).orElseThrow()
        .shared()).isTrue();
    assertThat(Answered.line(JsonText.parse(text.replace("miss", "hit").getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)).orElseThrow().fromCache()).isTrue();
    assertThat(Answered.line(JsonText.parse("{\"response\":null}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT))).isEmpty();
  }
}
