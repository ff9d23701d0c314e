package io.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AssetsTest {
  private static final Path FOLDER = Path.of("src/main/resources/io/tidegate/admin/ui");

  @Test
  @DisplayName("the list of files is what the folder holds, and all together stay small")
  void files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrderElementsOf(Assets.FILES);
    }
    long bytes = 0;
    for (String file : Assets.FILES) {
      bytes += Files.size(FOLDER.resolve(file));
    }
    assertThat(bytes).isLessThan(80 << 10);
  }

  @Test
  @DisplayName("D8 no file makes markup of a text, runs a text, names another origin, or keeps a key")
  void restraint() throws IOException {
    Pattern never = Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|new Function|srcdoc|DOMParser|createContextualFragment|sessionStorage|indexedDB"
        + "|document\\.cookie|\\bon(click|load|error)=|javascript:|style=\"|<style|url\\(|@import|importScripts|serviceWorker");
    Pattern address = Pattern.compile("(https?:)?//[a-z0-9.-]+\\.[a-z]{2,}[^\\s'\"]*");
    for (String file : Assets.FILES) {
      String text = Files.readString(FOLDER.resolve(file));
      assertThat(never.matcher(text).results().map(java.util.regex.MatchResult::group)).as(file).isEmpty();
      assertThat(address.matcher(text).results().map(java.util.regex.MatchResult::group).filter(found -> !found.equals("http://www.w3.org/2000/svg"))).as(file).isEmpty();
    }
  }

  @Test
  @DisplayName("a file that the browser has is not sent again; its type is what it is")
  void unchanged() throws IOException {
    Assets assets = new Assets();
    Answer first = assets.answer("/admin/ui/app.js", null);
    assertThat(first.type()).isEqualTo("text/javascript; charset=utf-8");
    assertThat(new String(first.body(), StandardCharsets.UTF_8)).isEqualTo(Files.readString(FOLDER.resolve("app.js")));
    String tag = first.response().headers().get("etag");
    assertThat(first.response().headers().get("cache-control")).isEqualTo("no-cache");
    assertThat(assets.answer("/admin/ui/app.js", tag).status().code()).isEqualTo(304);
    assertThat(assets.answer("/admin/ui/app.css", tag).status().code()).isEqualTo(200);
    for (String type : List.of("app.css text/css", "icon.svg image/svg+xml", " text/html")) {
      assertThat(assets.answer("/admin/ui/" + type.split(" ")[0], null).type()).startsWith(type.split(" ")[1]);
    }
  }
}
