package io.tidegate.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static String header(TraceContext context) {
    return new String(context.header(), StandardCharsets.US_ASCII);
  }

  @Test
  @DisplayName("W3C a traceparent is read and written as it was")
  void roundTrip() {
    TraceContext read = TraceContext.parse(PARENT, "rojo=00f067aa0ba902b7, congo@x-1=t61rcWkgMzE ,");
    assertThat(header(read)).isEqualTo(PARENT);
    assertThat(read.sampled()).isTrue();
    assertThat(read.state()).isEqualTo("rojo=00f067aa0ba902b7, congo@x-1=t61rcWkgMzE ,");
    assertThat(header(read.below(0x0123456789abcdefL, false, false))).isEqualTo("00-0af7651916cd43dd8448eb211c80319c-0123456789abcdef-00");
    assertThat(read.below(1, true, false).state()).isNull();
    assertThat(read.below(1, true, true).state()).isEqualTo(read.state());
  }

  @Test
  @DisplayName("W3C flags that nobody knows are not passed on, and a version to come is read as far as it is known")
  void versions() {
    TraceContext future = TraceContext.parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-what-the-future-will-be", null);
    assertThat(header(future)).isEqualTo(PARENT);
    assertThat(header(TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", null))).endsWith("-00");
  }

  @ParameterizedTest
  @DisplayName("W3C what is malformed is none")
  @ValueSource(strings = {"", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
      "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.x",
      "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      "00-0af7651916cd43dd8448eb211c8031\u0669c-b7ad6b7169203331-01"})
  void malformed(String parent) {
    assertThat(TraceContext.parse(parent, "a=b")).isNull();
  }

  @ParameterizedTest
  @DisplayName("W3C a state that cannot be read is dropped, and the parent stays")
  @ValueSource(strings = {"", ",", "novalue", "=x", "a=", "UPPER=1", "a=b=c", "a=b\r\nx-injected: 1", "a=\u00e9", "a=b,c"})
  void badState(String state) {
    assertThat(TraceContext.parse(PARENT, state).state()).isNull();
  }

  @Test
  @DisplayName("W3C a state past 512 characters or 32 members is dropped")
  void longState() {
    assertThat(TraceContext.parse(PARENT, "a=" + "x".repeat(510)).state()).hasSize(512);
    assertThat(TraceContext.parse(PARENT, "a=" + "x".repeat(511)).state()).isNull();
    assertThat(TraceContext.parse(PARENT, "a=b,".repeat(32)).state()).isNotNull();
    assertThat(TraceContext.parse(PARENT, "a=b,".repeat(33)).state()).isNull();
  }
}
