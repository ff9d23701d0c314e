package io.tidegate.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.Recorded;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of labels that another version wrote; the older one's is real. */
class LabelsSkewTest {
  private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int FORM_AT = 7;

  @TempDir Path folder;

  /** Writes what this version leaves, to be kept for later ones. */
  public static void main(String[] to) throws IOException {
    try (KeyedLabels labels = open(Path.of(to[0]).resolve("sessions.labels"))) {
      labels.of("ward", "confidential").raise(Sensitivity.CONFIDENTIAL);
      labels.of("ward", "restricted").raise(Sensitivity.RESTRICTED);
    }
  }

  private static KeyedLabels open(Path file) throws IOException {
    return KeyedLabels.open(file, LabelBits.PAGE, KEY, task -> { });
  }

  @Test
  @DisplayName("decisions 11 skew: conversations that an older version raised stay raised, also while it has the file itself")
  void olderLabels() throws IOException {
    Path file = Recorded.copy("session", folder).resolve("sessions.labels");
    try (KeyedLabels labels = open(file); KeyedLabels besideIt = open(file)) {
      assertThat(labels.alarm()).isEmpty();
      assertThat(labels.of("ward", "restricted").label()).isEqualTo(Sensitivity.RESTRICTED);
      assertThat(labels.of("ward", "confidential").label()).isEqualTo(Sensitivity.CONFIDENTIAL);
      assertThat(labels.of("ward", "new").label()).isEqualTo(Sensitivity.PUBLIC);
      besideIt.of("ward", "new").raise(Sensitivity.RESTRICTED);
      assertThat(labels.of("ward", "new").label()).isEqualTo(Sensitivity.RESTRICTED);
    }
  }

  @Test
  @DisplayName("decisions 11 skew: a file of another form is refused by name, and not one byte of it is changed")
  void otherForm() throws IOException {
    Path file = Recorded.copy("session", folder).resolve("sessions.labels");
    byte[] bytes = Files.readAllBytes(file);
    assertThat((char) bytes[FORM_AT]).isEqualTo('1');
    for (char form : new char[] {'2', '9'}) {
      bytes[FORM_AT] = (byte) form;
      Files.write(file, bytes);
      assertThatThrownBy(() -> open(file)).isInstanceOf(IOException.class).hasMessage("another version wrote it, in form " + form + ", and this one reads form 1");
      assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }
    // What is no form is damage, and then all are RESTRICTED.
    bytes[FORM_AT] = 'x';
    Files.write(file, bytes);
    try (KeyedLabels labels = open(file)) {
      assertThat(labels.alarm()).isPresent();
      assertThat(labels.of("ward", "new").label()).isEqualTo(Sensitivity.RESTRICTED);
    }
  }
}
