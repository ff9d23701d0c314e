package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("check digits of the standards")
class CheckDigitsTest {
  private static byte[] digits(String text) {
    byte[] digits = new byte[text.length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = (byte) (text.charAt(i) - '0');
    }
    return digits;
  }

  @Test
  void publishedExamples() {
    assertThat(CheckDigits.residentCheck(digits("11010519491231002"))).isEqualTo('X');
    assertThat(CheckDigits.residentCheck(digits("44052418800101001"))).isEqualTo('4');
    assertThat(CheckDigits.luhn(digits("79927398713"), 11)).isTrue();
    assertThat(CheckDigits.mod97("GB82WEST12345698765432")).isTrue();
    assertThat(CheckDigits.mod97("GB82WEST12345698765433")).isFalse();
    assertThat(CheckDigits.verhoeff(digits("2363"), 4)).isTrue();
    assertThat(CheckDigits.vin("1M8GDM9AXKP042788".toCharArray(), 0)).isTrue();
    assertThat(CheckDigits.nhs(digits("9434765919"))).isTrue();
    assertThat(CheckDigits.socialCredit("91350100M000100Y43".toCharArray(), 0)).isTrue();
  }

  @Test
  @DisplayName("each scheme notices every single wrong digit")
  void singleErrors() {
    Random random = new Random(42);
    for (int round = 0; round < 200; round++) {
      byte[] card = digits("4539578763621486");
      int at = random.nextInt(16);
      card[at] = (byte) ((card[at] + 1 + random.nextInt(9)) % 10);
      assertThat(CheckDigits.luhn(card, 16)).isFalse();
      byte[] aadhaar = digits("234567890124");
      int place = random.nextInt(12);
      aadhaar[place] = (byte) ((aadhaar[place] + 1 + random.nextInt(9)) % 10);
      assertThat(CheckDigits.verhoeff(aadhaar, 12)).isFalse();
    }
  }

  @Test
  void dates() {
    assertThat(CheckDigits.date(2000, 2, 29)).isTrue();
    assertThat(CheckDigits.date(1900, 2, 29)).isFalse();
    assertThat(CheckDigits.date(2023, 4, 31)).isFalse();
    assertThat(CheckDigits.date(2023, 13, 1)).isFalse();
    assertThat(CheckDigits.date(2023, 12, 0)).isFalse();
  }

  @Test
  @DisplayName("A11 look-alikes are letters outside Latin that fold to Latin letters or digits")
  void lookalikes() {
    int count = 0;
    for (char c = 0; c < 0xffff; c++) {
      char like = Folding.lookalike(c);
      if (like != 0) {
        count++;
        assertThat(c).isGreaterThan('\u0390');
        assertThat(Piece.alnum(like)).as("%04x", (int) c).isTrue();
      }
    }
    assertThat(count).isGreaterThan(60);
  }
}
