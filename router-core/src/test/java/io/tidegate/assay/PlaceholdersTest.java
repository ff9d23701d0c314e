package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlaceholdersTest {
  @Test
  @DisplayName("each kind is filled, the same for the same seed, and unknown names stay")
  void expands() {
    for (String kind : Placeholders.kinds()) {
      String text = Placeholders.expand("<{{" + kind + "}}>", new SplittableRandom(1));
      assertThat(text).as(kind).isEqualTo(Placeholders.expand("<{{ " + kind + " }}>", new SplittableRandom(1)))
          .doesNotContain("{{").hasSizeGreaterThan(6);
    }
    assertThat(Placeholders.expand("{{none}} {{ {{ x}}", new SplittableRandom(1))).isEqualTo("{{none}} {{ {{ x}}");
    assertThat(Placeholders.unknown("{{cn_id}} {{none}} {{none}}")).containsExactly("none");
  }

  /** One in two thousand did; the canaries of a start or a reload draw them anew, so that one of a thousand starts was refused. */
  @Test
  @DisplayName("G1 no made-up password reads as a placeholder such as xxx, which detectors pass over")
  void passwordsAreFound() {
    SplittableRandom random = new SplittableRandom(7);
    assertThat(java.util.stream.IntStream.range(0, 100_000).mapToObj(i -> Placeholders.expand("{{password}}", random).toLowerCase(java.util.Locale.ROOT)))
        .noneMatch(password -> password.contains("xxx"));
  }

  @Test
  @DisplayName("the page on policies names every kind")
  void documented() throws java.io.IOException {
    String page = java.nio.file.Files.readString(java.nio.file.Path.of("../docs/policies.md"));
    assertThat(Placeholders.kinds()).allSatisfy(kind -> assertThat(page).contains("`" + kind + "`"));
  }

  @Test
  @DisplayName("numbers have the check digits their standards ask for, and the bad ones have not")
  void checkDigits() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 500; i++) {
      assertThat(idIsValid(MadeUpNumbers.residentId(random))).isTrue();
      assertThat(idIsValid(Placeholders.expand("{{cn_id_bad}}", random))).isFalse();
      assertThat(luhnIsValid(Placeholders.expand("{{credit_card}}", random))).isTrue();
      assertThat(luhnIsValid(Placeholders.expand("{{cn_bank_card}}", random))).isTrue();
      assertThat(luhnIsValid(Placeholders.expand("{{credit_card_bad}}", random))).isFalse();
      assertThat(ibanIsValid(MadeUpNumbers.iban(random))).isTrue();
    }
  }

  /** ISO 7064 MOD 11-2 from its definition: the weighted sum with the check character is 1 modulo 11. */
  private static boolean idIsValid(String id) {
    int rest = 0;
    for (char c : id.toCharArray()) {
      rest = (rest * 2 + (c == 'X' ? 10 : c - '0')) % 11;
    }
    return rest == 1;
  }

  private static boolean luhnIsValid(String number) {
    int sum = 0;
    for (int i = 0; i < number.length(); i++) {
      int digit = number.charAt(number.length() - 1 - i) - '0';
      sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
    }
    return sum % 10 == 0;
  }

  private static boolean ibanIsValid(String iban) {
    int rest = 0;
    for (char c : (iban.substring(4) + iban.substring(0, 4)).toCharArray()) {
      rest = Character.isDigit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest == 1;
  }
}
