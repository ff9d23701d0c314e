package io.tidegate.lab.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CanaryTest {
  @Test
  @DisplayName("G1 one of the base64 forms is in any base64 that holds the text, wherever it starts")
  void base64Alignments() {
    byte[] text = "ID 11010519491231002X".getBytes(StandardCharsets.UTF_8);
    for (int before = 0; before < 9; before++) {
      for (int after = 0; after < 4; after++) {
        byte[] all = new byte[before + text.length + after];
        System.arraycopy(text, 0, all, before, text.length);
        String packed = Base64.getEncoder().encodeToString(all);
        String form = "base64+" + before % 3;
        assertThat(packed).contains(new String(Canary.forms("ID 11010519491231002X").get(form), StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  @DisplayName("G1 the walk for many texts finds what a plain search finds")
  void needlesAgree() {
    SplittableRandom random = new SplittableRandom(11);
    byte[] text = new byte[4000];
    for (int i = 0; i < text.length; i++) {
      text[i] = (byte) random.nextInt(4);
    }
    Needles needles = new Needles();
    List<Integer> expected = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      byte[] needle = new byte[4 + random.nextInt(8)];
      for (int i = 0; i < needle.length; i++) {
        needle[i] = (byte) random.nextInt(4);
      }
      needles.add(needle, new Canary.Sighting(n, "raw"));
      if (new String(text, StandardCharsets.ISO_8859_1).contains(new String(needle, StandardCharsets.ISO_8859_1))) {
        expected.add(n);
      }
    }
    List<Integer> found = new ArrayList<>();
    needles.walk(text, sighting -> found.add(sighting.index()));
    assertThat(found.stream().distinct().sorted()).containsExactlyElementsOf(expected);
    assertThat(expected).hasSizeBetween(20, 299);
  }
}
