package io.tidegate.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Likelihood;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every disguise of hazard A11 over several kinds of value. */
@DisplayName("A11 disguised values are seen")
class EvasionTest {
  private static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());
  private static final String ZEROES = "\uff10\u0660\u06f0\u0966\u0e50\u1d7ce";

  private static String each(String text, UnaryOperator<String> change) {
    StringBuilder out = new StringBuilder();
    text.codePoints().forEach(cp -> out.append(change.apply(Character.toString(cp))));
    return out.toString();
  }

  private static String digits(String text, int zero) {
    return each(text, c -> c.length() == 1 && Character.digit(c.charAt(0), 10) >= 0 && c.charAt(0) < 128 ? Character.toString(zero + c.charAt(0) - '0') : c);
  }

  private static String hex(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      out.append(String.format("%02x", b));
    }
    return out.toString();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, UnaryOperator<String>> anyText() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    all.put("zero-width space", t -> each(t, c -> c + "\u200b"));
    all.put("zero-width joiner", t -> each(t, c -> c + "\u200d"));
    all.put("word joiner", t -> each(t, c -> c + "\u2060"));
    all.put("soft hyphen", t -> each(t, c -> c + "\u00ad"));
    all.put("byte order mark", t -> each(t, c -> c + "\ufeff"));
    all.put("variation selector", t -> each(t, c -> c + "\ufe0f"));
    all.put("tag characters", t -> each(t, c -> c + "\udb40\udc41"));
    all.put("bidi controls", t -> "\u202d" + t + "\u202c");
    all.put("combining strike", t -> each(t, c -> c + "\u0336"));
    all.put("full width", t -> each(t, c -> c.charAt(0) > 0x20 && c.charAt(0) < 0x7f ? Character.toString(c.charAt(0) + 0xfee0) : c));
    all.put("percent", t -> each(t, c -> c.charAt(0) < 0x80 ? String.format("%%%02X", (int) c.charAt(0)) : c));
    all.put("percent twice", t -> each(t, c -> c.charAt(0) < 0x80 ? String.format("%%25%02X", (int) c.charAt(0)) : c));
    all.put("decimal entity", t -> each(t, c -> "&#" + c.codePointAt(0) + ";"));
    all.put("hex entity", t -> each(t, c -> "&#x" + Integer.toHexString(c.codePointAt(0)) + ";"));
    all.put("unicode escape", t -> each(t, c -> String.format("\\u%04x", (int) c.charAt(0))));
    all.put("hex escape", t -> each(t, c -> c.charAt(0) < 0x80 ? String.format("\\x%02x", (int) c.charAt(0)) : c));
    all.put("braced escape", t -> each(t, c -> "\\u{" + Integer.toHexString(c.codePointAt(0)) + "}"));
    all.put("base64", EvasionTest::base64);
    all.put("base64 twice", t -> base64(base64(t)));
    all.put("base64 behind a name", t -> "payload=" + base64(t));
    all.put("base64 of UTF-16", t -> Base64.getEncoder().encodeToString(t.getBytes(StandardCharsets.UTF_16LE)));
    all.put("base64url", t -> Base64.getUrlEncoder().withoutPadding().encodeToString(t.getBytes(StandardCharsets.UTF_8)));
    all.put("data address", t -> "data:text/plain;base64," + base64(t));
    all.put("hex", EvasionTest::hex);
    all.put("hex in capitals", t -> "0x" + hex(t).toUpperCase(java.util.Locale.ROOT));
    all.put("hex of percent", t -> hex(each(t, c -> c.charAt(0) < 0x80 ? String.format("%%%02X", (int) c.charAt(0)) : c)));
    all.put("quoted JSON", t -> "{\\\"value\\\":\\\"" + t + "\\\"}");
    all.put("link", t -> "https://example.com/?q=" + t.replace(" ", "+").replace("@", "%40") + "&lang=en");
    all.put("markdown", t -> "**" + t + "**");
    return all;
  }

  private static Map<String, UnaryOperator<String>> numbers() {
    Map<String, UnaryOperator<String>> all = new LinkedHashMap<>();
    ZEROES.codePoints().filter(cp -> cp != 'e' && Character.digit(cp, 10) == 0).forEach(zero -> all.put("digits U+" + Integer.toHexString(zero), t -> digits(t, zero)));
    all.put("mathematical digits", t -> digits(t, 0x1d7ce));
    all.put("segmented digits", t -> digits(t, 0x1fbf0));
    all.put("circled digits", t -> each(t, c -> c.equals("0") ? "\u24ea" : c.charAt(0) > '0' && c.charAt(0) <= '9' ? Character.toString(0x2460 + c.charAt(0) - '1') : c));
    all.put("superscripts", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079".charAt(c.charAt(0) - '0')) : c));
    all.put("Chinese numerals", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("零一二三四五六七八九".charAt(c.charAt(0) - '0')) : c));
    all.put("formal numerals", t -> each(t, c -> c.charAt(0) >= '0' && c.charAt(0) <= '9' ? String.valueOf("零壹贰叁肆伍陆柒捌玖".charAt(c.charAt(0) - '0')) : c));
    all.put("spaced", t -> each(t, c -> c + " ").strip());
    all.put("hyphenated", t -> String.join("-", t.split("")));
    all.put("dotted", t -> String.join(".", t.split("")));
    all.put("en dashes in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u2013"));
    all.put("no-break spaces in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u00a0"));
    all.put("thin spaces in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\u2009"));
    all.put("line breaks in fours", t -> t.replaceAll("(.{4})(?=.)", "$1\n"));
    return all;
  }

  static Stream<Arguments> vectors() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("CN_ID", "11010519491231002X");
    values.put("CREDIT_CARD", "4539578763621486");
    values.put("EMAIL", "zhang.san@corp.example");
    values.put("SECRET", "ghp" + "_" + "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5zA7");
    values.put("US_SSN", "ssn 078-05-1120");
    Stream.Builder<Arguments> out = Stream.builder();
    values.forEach((type, value) -> anyText().forEach((name, change) -> out.add(Arguments.of(type, name, change.apply(value)))));
    numbers().forEach((name, change) -> {
      out.add(Arguments.of("CN_ID", name, change.apply("110105194912310070")));
      out.add(Arguments.of("CREDIT_CARD", name, change.apply("4539578763621486")));
    });
    return out.build();
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource("vectors")
  void seesThrough(String type, String name, String text) {
    assertThat(Texts.best(Texts.scanChat(CLASSIFIER, "Please look at this: " + text + " and tell me more.")).getOrDefault(type, Likelihood.VERY_UNLIKELY)).isGreaterThanOrEqualTo(Likelihood.LIKELY);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("words")
  @DisplayName("A11 words in disguise still give context")
  void seesWordsInDisguise(String text, String type) {
    assertThat(Texts.best(Texts.scanChat(CLASSIFIER, text)).getOrDefault(type, Likelihood.VERY_UNLIKELY)).isGreaterThanOrEqualTo(Likelihood.LIKELY);
  }

  static Stream<Arguments> words() {
    return Stream.of(Arguments.of("\u0440\u0430ssword: Hunter2x9", "PASSWORD"), Arguments.of("p\u200bassword: Abc12345", "PASSWORD"), Arguments.of("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44\uff1aAbc12345", "PASSWORD"),
        Arguments.of("s\u00adsn 078051120", "US_SSN"), Arguments.of("身\u200b份证号 110105194912310021", "CN_ID"), Arguments.of("\ud835\udc0f\ud835\udc1a\ud835\udc2c\ud835\udc2c\ud835\udc30\ud835\udc28\ud835\udc2b\ud835\udc1d: Abc12345", "PASSWORD"),
        Arguments.of("我的卡号是六二二八四八二八一八六六二零一零", "CN_BANK_CARD"), Arguments.of("请拨打手机号码壹叁捌壹贰叁肆伍陆柒捌", "PHONE"), Arguments.of("X20013219491501011", "CN_ID"), Arguments.of("john \u200b(at) gmail.com", "EMAIL"));
  }
}
