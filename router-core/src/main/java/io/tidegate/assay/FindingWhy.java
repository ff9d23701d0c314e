package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.model.Finding;
import io.tidegate.model.Likelihood;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a detector said what it said, asked of the detector itself: it is shown the value alone, with the words on one side only, and with its last character
 * changed. So the reasons are those of the code that decides, of plug-ins and policies' own patterns too, and cost the data path nothing.
 */
final class FindingWhy {
  /** Wider than any window of context words. */
  private static final int NEAR = 120;

  private FindingWhy() {}

  /**
   * The reasons.
   *
   * @param text the string in which the finding is
   * @return in words, without a character of the text
   */
  static List<String> of(Detector detector, String text, Finding finding) {
    int start = finding.start();
    int end = finding.end();
    if (start < 0 || end > text.length() || start >= end) {
      return List.of();
    }
    String left = text.substring(Math.max(0, start - NEAR), start);
    String value = text.substring(start, end);
    String right = text.substring(end, Math.min(text.length(), end + NEAR));
    Classifier one = new Classifier(List.of(detector));
    List<String> reasons = new ArrayList<>();
    words(one, finding, left, value, right).ifPresent(reasons::add);
    checkDigit(one, finding, left, value, right).ifPresent(reasons::add);
    return reasons;
  }

  private static Optional<String> words(Classifier one, Finding finding, String left, String value, String right) {
    Likelihood said = finding.likelihood();
    @Nullable Likelihood alone = best(one, finding.type(), value);
    if (alone != null && alone.compareTo(said) >= 0) {
      return Optional.of("needs no words beside it");
    }
    boolean before = reaches(best(one, finding.type(), left + value), said);
    boolean after = reaches(best(one, finding.type(), value + right), said);
    if (!before && !after && !reaches(best(one, finding.type(), left + value + right), said)) {
      // The reading that found it (unescaped, decoded, folded) is not the text as it stands.
      return Optional.empty();
    }
    String where = before && after ? "words on either side" : before ? "words before it" : after ? "words after it" : "words on both sides";
    return Optional.of(where + " count; alone it is " + (alone == null ? "nothing" : alone));
  }

  private static Optional<String> checkDigit(Classifier one, Finding finding, String left, String value, String right) {
    char last = value.charAt(value.length() - 1);
    if (value.chars().filter(Character::isDigit).count() < 6 || !(last >= '0' && last <= '9' || last == 'X' || last == 'x')) {
      return Optional.empty();
    }
    String body = value.substring(0, value.length() - 1);
    int reaching = 0;
    int better = 0;
    int tried = 0;
    for (char digit = '0'; digit <= '9'; digit++) {
      if (digit != last) {
        tried++;
        Likelihood other = best(one, finding.type(), left + body + digit + right);
        reaching += reaches(other, finding.likelihood()) ? 1 : 0;
        better += other != null && other.compareTo(finding.likelihood()) > 0 ? 1 : 0;
      }
    }
    if (better > 0 && better <= 2) {
      return Optional.of("its check digit is wrong");
    }
    // One number in ten has a right check digit by chance; two leave room for schemes that allow a second one.
    return tried > 2 && reaching <= 2 ? Optional.of("its check digit is right") : Optional.empty();
  }

  private static boolean reaches(@Nullable Likelihood likelihood, Likelihood said) {
    return likelihood != null && likelihood.compareTo(said) >= 0;
  }

  /** The highest likelihood with which findings of {@code type} are reported in {@code text}; null for none. */
  private static @Nullable Likelihood best(Classifier one, String type, String text) {
    JsonText json;
    try {
      json = JsonText.parse(new JsonWriter().beginObject().key("messages").beginArray().beginObject().key("role").string("user").key("content").string(text)
          .endObject().endArray().endObject().toBytes(), JsonLimits.DEFAULT);
    } catch (JsonException e) {
      return null;
    }
    Classifier.Scan scan = one.begin(json);
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    return scan.findings().list().stream().filter(finding -> finding.type().equals(type)).map(Finding::likelihood).max(Likelihood::compareTo).orElse(null);
  }
}
