package io.tidegate.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MultipartTest {
  private static final class Seen implements Multipart.Parts {
    private final StringBuilder text = new StringBuilder();

    @Override
    public void part(String name, @Nullable String filename) {
      text.append('[').append(name).append(filename == null ? "" : "=" + filename).append(':');
    }

    @Override
    public void bytes(byte[] bytes, int from, int count) {
      text.append(new String(bytes, from, count, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void end() {
      text.append(']');
    }
  }

  private static final String FORM = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\ncontent-type: x/y\r\n"
      + "content-disposition: form-data; name=\"file\"; filename=\"a b.jsonl\"\r\n\r\none\r\n-b\r\n-\r\n--\r\ntwo\r\n--b\r\nContent-Disposition: form-data; name=empty\r\n\r\n"
      + "\r\n--b--\r\nepilogue";

  @Test
  @DisplayName("R2.7 a form is read the same however it is cut")
  void everyCut() throws IOException {
    byte[] bytes = FORM.getBytes(StandardCharsets.UTF_8);
    for (int step = 1; step <= bytes.length; step++) {
      Seen seen = new Seen();
      Multipart form = Multipart.of("multipart/form-data; boundary=b", seen);
      for (int from = 0; from < bytes.length; from += step) {
        form.feed(bytes, from, Math.min(step, bytes.length - from));
      }
      assertThat(form.whole()).as("in pieces of %d", step).isTrue();
      assertThat(seen.text.toString()).as("in pieces of %d", step)
          .isEqualTo("[purpose:batch][file=a b.jsonl:one\r\n-b\r\n-\r\n--\r\ntwo][empty:]");
    }
  }

  @ParameterizedTest
  @DisplayName("R2.7 what is no form is not guessed at")
  @ValueSource(strings = {"x--b\r\n", "--b\r\nno colon\r\n\r\nx\r\n--b--", "--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--",
      "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--b--", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
      "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--bother"})
  void broken(String text) throws IOException {
    Multipart form = Multipart.of("multipart/form-data; boundary=\"b\"", new Seen());
    form.feed(text.getBytes(StandardCharsets.UTF_8), 0, text.length());
    assertThat(form.broken()).isTrue();
    assertThat(form.whole()).isFalse();
  }

  @ParameterizedTest
  @DisplayName("R2.7 a form has a boundary")
  @ValueSource(strings = {"application/json", "multipart/form-data", "multipart/mixed; boundary=b", "multipart/form-data; boundary="})
  void noForm(String type) {
    assertThat(Multipart.of(type, new Seen())).isNull();
  }
}
