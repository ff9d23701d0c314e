package io.tidegate.bench;

import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.nio.charset.StandardCharsets;

/** Texts whose scan is measured. */
final class ScanTexts {
  private static final JsonLimits WIDE = JsonLimits.DEFAULT;

  private ScanTexts() {}

  static String ordinary(String name) {
    return switch (name) {
      case "chat" -> "Summarise the quarterly maintenance report for the northern pumping stations, list every anomaly with its date, and propose an order of work. ";
      case "chinese" -> "请总结一下本季度北部泵站的维护报告，列出每个异常及其日期，并提出工作顺序。谢谢！";
      case "code" -> "public int add(int a, int b) { return a + b; } // returns the sum\\nfor (int i = 0; i < 10; i++) { total += values[i] * 2; }\\n";
      case "records" -> "Patient: Tom Becker, DOB 04/17/1985, SSN 078-05-1120, phone (415) 555-2671, mail tom.becker@corp.example, card 4539 5787 6362 1486. ";
      case "logs" -> "2024-05-03T10:15:30.123Z INFO [main] id=550e8400-e29b-41d4-a716-446655440000 GET /api/v1/users/12345 200 17ms host=10.0.3.7 sha=4e0c90b431b1 ";
      case "disguised" -> "1\u200b1\u200b0\u200b1\u200b05 \uff11\uff19\uff14\uff19 %31%32%33 &#49;&#50; \\\\u0031\\\\u0032 aGVsbG8gd29ybGQgaGVsbG8= p\u0430ssword \u0661\u0662\u0663 ";
      case "arabic" -> "\u0627\u0643\u062a\u0628 \u0631\u0633\u0627\u0644\u0629 \u0634\u0643\u0631 \u0642\u0635\u064a\u0631\u0629 \u0625\u0644\u0649 \u0641\u0631\u064a\u0642 \u0627\u0644\u0639\u0645\u0644 \u0641\u064a \u0639\u0627\u0645 \u0662\u0660\u0662\u0664. ";
      default -> throw new IllegalArgumentException(name);
    };
  }

  static JsonText hostile(String name, int size) throws JsonException {
    if (name.equals("parts")) {
      StringBuilder text = new StringBuilder("{\"messages\":[{\"role\":\"user\",\"content\":[");
      String part = "";
      while (text.length() < size) {
        text.append(part).append("{\"type\":\"text\",\"text\":\"1a\"}");
        part = ",";
      }
      return JsonText.parse(text.append("]}]}").toString().getBytes(StandardCharsets.UTF_8), WIDE);
    }
    return ScanBench.body(unit(name).repeat(Math.max(1, size / 8 / unit(name).length())), size);
  }

  private static String unit(String name) {
    return switch (name) {
      case "digits" -> "7 ";
      case "mail" -> "a.a.a.@";
      case "base64" -> "mZ8xQ2rTkL5vB9nW4cY7 ";
      case "escapes" -> "%2541\\\\u0041&#65;";
      case "labels" -> "mrn no no account number: ";
      case "diseases" -> "diabetes cancer 糖尿病 ";
      case "people" -> "name: Aa Bb diabetes 患者:张三糖尿病 ";
      case "names" -> "salary fired Aa Bb 工资 ";
      case "passwords" -> "password=a token: key=b ";
      case "spaced" -> "a b c d e f g h i j k l ";
      case "hexpairs" -> "31 32 33 34 35 36 37 38 39 3a ";
      case "hidden" -> "\udb40\udc41\udb40\udc42\ufe01\ufe02";
      case "tokens" -> "sk-aB3dE5fG7hJ9kL2mN4pQ6 x_y-z_1a ";
      case "grades" -> "绝密 编号 秘密 文号 ";
      case "json" -> "{ 1, \\\"a\\\": \\\"1\\\", ";
      default -> throw new IllegalArgumentException(name);
    };
  }
}
