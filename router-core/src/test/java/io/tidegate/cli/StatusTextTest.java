package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.terminal.Screen;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class StatusTextTest {
  private static final String STATUS = """
      {"ready":true,"version":"1.2.3","boot":"abc","java":"17","transport":"EPOLL",
       "policy":{"version":"baseline@1","digest":"0123456789abcdef","since":"2026-11-25T10:00:00Z","last_attempt":{"outcome":"refused"}},
       "upstreams":[{"name":"home","zone":"PRIVATE","dialect":"VLLM","emulated":false,"account_closed":false,"endpoints":[
          {"address":"10.0.0.1:8000","state":"HEALTHY","failures":0},{"address":"10.0.0.2:8000","state":"EJECTED","failures":5,"last_failure":"CONNECT"}]},
         {"name":"away\\u202e","zone":"PUBLIC","dialect":"DEEPSEEK","emulated":true,"account_closed":true,"endpoints":[{"address":"a:443","state":"HEALTHY","failures":0}]}],
       "limits":{"overflowed":7,"queue":{"INTERACTIVE":0,"STANDARD":3,"BATCH":0},"permits":[{"upstream":"home","endpoint":"e1","limit":20,"in_flight":4,"capacity_milli_rps":12500},
         {"upstream":"home","endpoint":"e2","limit":20,"in_flight":1,"capacity_milli_rps":0},
         {"upstream":"away","endpoint":"e3","limit":9,"in_flight":9,"capacity_milli_rps":0}]},
       "cache":{"entries":12,"bytes":2048,"hits":3,"misses":1,"shared":{"connected":false}},
       "audit":{"failing":false,"records":99,"lost":0,"lag_ms":4,"key":"ff00"},"sessions":{"fill_percent":2,"alarm":""},
       "consul":[{"upstream":"home","service":"llm","heard":true,"age_seconds":3,"endpoints":2,"not_used":1,"acl":false}]}""";

  private static String text(String status, String readiness) throws IOException {
    return text(status, readiness, "{}");
  }

  private static String text(String status, String readiness, String view) throws IOException {
    long now = Instant.parse("2026-11-25T12:05:00Z").toEpochMilli();
    return String.join("\n", new StatusText(Screen.NONE, "127.0.0.1:7402", now).lines(new ObjectMapper().readTree(status), readiness, new ObjectMapper().readTree(view)));
  }

  @Test
  @DisplayName("I7 status says on one screen what is well, and of what is not why")
  void oneScreen() throws IOException {
    String text = text(STATUS, "ok\nwarning: policy x ends tomorrow\n");
    assertThat(text.lines()).hasSizeLessThan(20).allMatch(line -> line.length() < 160);
    assertThat(text).contains("tidegate  ready", "version 1.2.3", "baseline@1, digest 0123456789ab, in force for 2 h 5 min", "was refused",
        "home      PRIVATE  VLLM       1/2 up  5 of 40 places, 12.5/s fit", "10.0.0.2:8000: ejected after 5 failures, the last: connect", "EMULATED  account refused",
        "3 standard wait, 7 overflowed", "12 answers, 2.0 KiB, 75 % of 4 found; shared layer not connected", "llm for home: 2 endpoints, heard 3 s ago, 1 not used",
        "written, 99 records, none lost, 4 ms behind, key ff00", "warning   policy x ends tomorrow");
  }

  @Test
  @DisplayName("B3 a name cannot turn the reader's text around")
  void escaped() throws IOException {
    assertThat(text(STATUS, "ok\nwarning: a\u001b[2Jb\n")).doesNotContain("\u202e", "\u001b").contains("away\\u202e", "a\\u001b[2Jb");
  }

  @Test
  @DisplayName("I7 status says why an endpoint is not asked in the words of the admin page, also of one that is well but full")
  void why() throws IOException {
    String text = text(STATUS, "ok\n", "{\"upstreams\":[{\"name\":\"home\",\"endpoints\":[{\"address\":\"10.0.0.1:8000\",\"usable\":false,\"why\":\"full: 8 of 8 in flight\"},"
        + "{\"address\":\"10.0.0.2:8000\",\"usable\":false,\"why\":\"left out after 5 failures in a row\"}]}]}");
    assertThat(text).contains("10.0.0.1:8000: full: 8 of 8 in flight", "10.0.0.2:8000: left out after 5 failures in a row").doesNotContain("ejected after");
  }

  @Test
  void whatIsMissingIsNoError() throws IOException {
    assertThat(text("{}", "no\n")).contains("NOT READY", "none: every request is refused", "nobody waits");
  }

  @Test
  void accountCapBinds() throws IOException {
    String status = STATUS.replace("{\"upstream\":\"home\",\"endpoint\":\"e1\"", "{\"upstream\":\"home\",\"endpoint\":\"\",\"limit\":30,\"in_flight\":6,\"capacity_milli_rps\":0},"
        + "{\"upstream\":\"home\",\"endpoint\":\"e1\"");
    assertThat(text(status, "ok\n")).contains("6 of 30 places");
  }
}
