package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DashboardsTest {
  @Test
  @DisplayName("R7.1 dashboards are of one schema, their ids are unique, and no panel lies upon another")
  void wellFormed() {
    Set<String> uids = new HashSet<>();
    for (JsonNode board : Dashboards.all()) {
      String uid = board.get("uid").asText();
      assertThat(uids.add(uid)).as(uid).isTrue();
      assertThat(board.get("schemaVersion").asInt()).as(uid).isBetween(36, 41);
      assertThat(board.get("title").asText()).as(uid).startsWith("Tidegate");
      assertThat(board.has("id")).as("an id would replace another's dashboard: " + uid).isFalse();
      for (JsonNode link : board.get("links")) {
        assertThat(Dashboards.all()).extracting(each -> "/d/" + each.get("uid").asText()).contains(link.get("url").asText());
      }
      Set<Integer> ids = new HashSet<>();
      Set<String> titles = new HashSet<>();
      Set<String> taken = new HashSet<>();
      for (JsonNode panel : board.get("panels")) {
        String title = uid + ": " + panel.get("title").asText();
        assertThat(ids.add(panel.get("id").asInt())).as(title).isTrue();
        assertThat(titles.add(title)).as(title).isTrue();
        JsonNode place = panel.get("gridPos");
        assertThat(place.get("x").asInt() + place.get("w").asInt()).as(title).isLessThanOrEqualTo(24);
        for (int x = 0; x < place.get("w").asInt(); x++) {
          for (int y = 0; y < place.get("h").asInt(); y++) {
            assertThat(taken.add((place.get("x").asInt() + x) + "," + (place.get("y").asInt() + y))).as("lies upon another: " + title).isTrue();
          }
        }
        if (panel.get("type").asText().equals("row")) {
          continue;
        }
        assertThat(panel.get("type").asText()).as(title).isIn("timeseries", "stat", "table");
        assertThat(panel.get("targets")).as(title).isNotEmpty();
        Set<String> references = new HashSet<>();
        for (JsonNode target : panel.get("targets")) {
          assertThat(references.add(target.get("refId").asText())).as(title).isTrue();
          assertThat(target.get("datasource").get("uid").asText()).as(title).isEqualTo("${source}");
        }
      }
    }
    assertThat(uids).containsExactlyInAnyOrder("tidegate-overview", "tidegate-security");
  }

  @Test
  @DisplayName("R7.1 every metric and label of a dashboard exists, and each expression heeds the chosen job and instance")
  void metricsExist() {
    for (Dashboards.Query query : Dashboards.queries()) {
      assertThat(AlertRules.metrics(query.expression())).as(query.toString()).isNotEmpty();
      KnownMetrics.check(query.toString(), query.expression());
      int selectors = query.expression().split("job=~\"\\$job\",instance=~\"\\$instance\"", -1).length - 1;
      assertThat(query.expression().split("(?<![\\w:])(?:tidegate|gen_ai)_\\w+\\{", -1).length - 1).as(query.toString()).isEqualTo(selectors);
    }
  }

  @Test
  @DisplayName("R7.1 dashboards are what dashboards.py makes")
  void generated() throws Exception {
    Process check = new ProcessBuilder("python3", Dashboards.FOLDER.resolve("dashboards.py").toString(), "--check").redirectErrorStream(true).start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(check.waitFor()).as(said).isZero();
  }
}
