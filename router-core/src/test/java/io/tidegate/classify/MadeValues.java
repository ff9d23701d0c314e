package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.SplittableRandom;

/**
 * Fills texts with made-up values: {@code {A20}} twenty letters and digits, {@code {cn_id}} a resident identity number with a right check digit, and so on. Check digits
 * are computed here from the standards, not by the detectors' code. One seed, one text.
 */
final class MadeValues {
  private static final String DIGITS = "0123456789";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final String[] WORDS = {"anchor", "breeze", "cobalt", "dragon", "ember", "forest", "galaxy", "harbor", "island", "jungle", "kettle", "lantern", "meadow", "nectar", "orchid", "pepper"};
  private static final String[] FIRST = {"linda", "omar", "jens", "akiko", "pavel", "maria", "tunde", "chen.wei", "zhao_min", "li.na"};
  private static final String[] DOMAINS = {"northwind.example", "contoso.co.uk", "fabrikam.de", "acme-corp.cn", "mail.globex.io", "qq.com", "163.com", "gmail.com"};
  private static final String[] AREAS = {"110105", "310115", "440305", "510104", "330106", "420111", "650102"};

  private final SplittableRandom random;

  MadeValues(long seed) {
    random = new SplittableRandom(seed);
  }

  String fill(String template) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c == '\\' && i + 1 < template.length() && "nt\\".indexOf(template.charAt(i + 1)) >= 0) {
        char kind = template.charAt(++i);
        out.append(kind == 'n' ? '\n' : kind == 't' ? '\t' : '\\');
      } else if (c == '{') {
        int end = close(template, i);
        String made = end < 0 ? null : value(template.substring(i + 1, end));
        if (made == null) {
          out.append(c);
        } else {
          out.append(made);
          i = end;
        }
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static int close(String template, int open) {
    int depth = 0;
    for (int i = open; i < template.length(); i++) {
      depth += template.charAt(i) == '{' ? 1 : template.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** What {@code name} stands for; null if it is no generator: the text's own braces. */
  @org.jspecify.annotations.Nullable String value(String name) {
    if (name.startsWith("~")) {
      int colon = name.indexOf(':');
      return colon < 0 ? null : Spellings.of(name.substring(1, colon), fill(name.substring(colon + 1)));
    }
    if (name.startsWith("b64:")) {
      return Base64.getEncoder().encodeToString(name.substring(4).getBytes(StandardCharsets.UTF_8));
    }
    if (name.matches("[dAHhUKLlWB][0-9]{1,3}")) {
      return chars(name.charAt(0), Integer.parseInt(name.substring(1)));
    }
    return switch (name) {
      case "us" -> "_";
      case "rlo" -> "\u202e";
      case "pdf" -> "\u202c";
      case "w" -> WORDS[random.nextInt(WORDS.length)];
      case "b32" -> of(UPPER + "234567", 32);
      case "uuid" -> of("0123456789abcdef", 8) + '-' + of("0123456789abcdef", 4) + "-4" + of("0123456789abcdef", 3) + "-a" + of("0123456789abcdef", 3) + '-' + of("0123456789abcdef", 12);
      case "pw" -> password();
      case "d18a" -> "2024" + two(1 + random.nextInt(12)) + two(1 + random.nextInt(28)) + of(DIGITS, 10);
      case "cn_id" -> residentId();
      case "cn_id_spaced" -> residentId().replaceFirst("(.{6})(.{8})(.{4})", "$1 $2 $3");
      case "card" -> luhn("4" + of(DIGITS, 14));
      case "card_spaced" -> luhn("53" + of(DIGITS, 13)).replaceAll("(.{4})(?=.)", "$1 ");
      case "cn_card" -> luhn("6222" + of(DIGITS, 14));
      case "cn_card_spaced" -> luhn("6217" + of(DIGITS, 14)).replaceAll("(.{4})(?=.)", "$1 ");
      case "mobile" -> "1" + "3578".charAt(random.nextInt(4)) + of(DIGITS, 9);
      case "mobile_spaced" -> "13" + of(DIGITS, 1) + ' ' + of(DIGITS, 4) + ' ' + of(DIGITS, 4);
      case "in_mobile" -> "9" + of(DIGITS, 4) + ' ' + of(DIGITS, 5);
      case "us_phone" -> american() + '-' + exchange() + '-' + of(DIGITS, 4);
      case "us_phone_paren" -> '(' + american() + ") " + exchange() + '-' + of(DIGITS, 4);
      case "us_phone_dot" -> american() + '.' + exchange() + '.' + of(DIGITS, 4);
      case "ssn" -> ssn("-");
      case "ssn_plain" -> ssn("");
      case "iban" -> iban();
      case "iban_spaced" -> iban().replaceAll("(.{4})(?=.)", "$1 ");
      case "email" -> FIRST[random.nextInt(FIRST.length)] + random.nextInt(90) + '@' + DOMAINS[random.nextInt(DOMAINS.length)];
      case "uscc" -> creditCode();
      case "hkid" -> hongKong();
      case "plate" -> "" + "京沪粤浙川鲁".charAt(random.nextInt(6)) + "ABCDEFGH".charAt(random.nextInt(8)) + of("ABCDEFGHJK0123456789", 1) + of(DIGITS, 4);
      case "passport_cn" -> "E" + of("ABCDEFGH0123456789", 1) + of(DIGITS, 7);
      case "nhs" -> nhs();
      case "nino" -> "AB " + of(DIGITS, 2) + ' ' + of(DIGITS, 2) + ' ' + of(DIGITS, 2) + " C";
      case "cpf" -> cpf();
      case "dni" -> spanish();
      case "aadhaar" -> aadhaar();
      case "iban_fr" -> iban("FR", of(DIGITS, 23));
      case "amex_tail" -> luhn("3782" + of(DIGITS, 10)).substring(4).replaceFirst("(.{6})", "$1 ");
      case "nir" -> french();
      case "nir_spaced" -> french().replaceFirst("(.)(..)(..)(..)(...)(...)(..)", "$1 $2 $3 $4 $5 $6 $7");
      case "steuer" -> german();
      case "nie" -> {
        String digits = of(DIGITS, 7);
        yield "X" + digits + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(digits) % 23);
      }
      case "cf" -> italian();
      case "mynumber" -> japanese();
      case "rrn" -> korean();
      case "tw_id" -> taiwan();
      case "pesel" -> weighted("8" + of(DIGITS, 1) + "0" + (1 + random.nextInt(9)) + "1" + of(DIGITS, 5), new int[] {9, 7, 3, 1, 9, 7, 3, 1, 9, 7}, 10);
      case "bsn" -> dutch();
      case "pnr" -> swedish();
      case "nric" -> singapore();
      default -> null;
    };
  }

  private static String iban(String country, String account) {
    String moved = (account + country + "00").chars().mapToObj(c -> Integer.toString(Character.digit(c, 36))).collect(java.util.stream.Collectors.joining());
    return country + two(98 - new java.math.BigInteger(moved).mod(java.math.BigInteger.valueOf(97)).intValue()) + account;
  }

  /** INSEE: sex, year, month, department, commune, order, key 97 - n mod 97. */
  private String french() {
    String body = (1 + random.nextInt(2)) + two(50 + random.nextInt(49)) + two(1 + random.nextInt(12)) + two(1 + random.nextInt(90)) + two(1 + random.nextInt(99)).concat(of(DIGITS, 1)) + "1" + of(DIGITS, 2);
    return body + two(97 - (int) (Long.parseLong(body) % 97));
  }

  /** ISO 7064 MOD 11,10 over ten digits of which one stands twice. */
  private String german() {
    java.util.List<Character> digits = new java.util.ArrayList<>();
    for (char c : "1234567890".toCharArray()) {
      digits.add(c);
    }
    for (int i = 9; i > 0; i--) {
      java.util.Collections.swap(digits, i, random.nextInt(i + 1));
    }
    digits.set(9, digits.get(2));
    if (digits.get(0) == '0') {
      java.util.Collections.swap(digits, 0, 1);
    }
    int product = 10;
    StringBuilder body = new StringBuilder();
    for (char c : digits) {
      body.append(c);
      int sum = (c - '0' + product) % 10;
      product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    int check = 11 - product;
    return body.append(check == 10 ? 0 : check).toString();
  }

  private String italian() {
    String body = "RSSMRA" + of(DIGITS, 2) + "ABCDEHLMPRST".charAt(random.nextInt(12)) + two(1 + random.nextInt(28)) + "H501";
    int[] odd = {1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23};
    int sum = 0;
    for (int i = 0; i < 15; i++) {
      int value = Character.isDigit(body.charAt(i)) ? body.charAt(i) - '0' : body.charAt(i) - 'A';
      sum += i % 2 == 0 ? odd[value] : value;
    }
    return body + (char) ('A' + sum % 26);
  }

  private String japanese() {
    String body = (1 + random.nextInt(9)) + of(DIGITS, 10);
    int sum = 0;
    for (int n = 1; n <= 11; n++) {
      sum += (body.charAt(11 - n) - '0') * (n <= 6 ? n + 1 : n - 5);
    }
    int rest = sum % 11;
    return body + (rest <= 1 ? 0 : 11 - rest);
  }

  private String korean() {
    String body = two(60 + random.nextInt(39)) + two(1 + random.nextInt(12)) + two(1 + random.nextInt(28)) + (1 + random.nextInt(2)) + of(DIGITS, 5);
    int sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += (body.charAt(i) - '0') * (i % 8 + 2);
    }
    return body.substring(0, 6) + '-' + body.substring(6) + (11 - sum % 11) % 10;
  }

  private String taiwan() {
    String letters = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
    int at = random.nextInt(26);
    String body = "" + (1 + random.nextInt(2)) + of(DIGITS, 7);
    int sum = (at + 10) / 10 + (at + 10) % 10 * 9;
    for (int i = 0; i < 8; i++) {
      sum += (body.charAt(i) - '0') * (8 - i);
    }
    return letters.charAt(at) + body + (10 - sum % 10) % 10;
  }

  /** Polish: weights, then what is missing to {@code modulus}. */
  private static String weighted(String body, int[] weights, int modulus) {
    int sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += (body.charAt(i) - '0') * weights[i];
    }
    return body + sum % modulus;
  }

  private String dutch() {
    while (true) {
      String body = "1" + of(DIGITS, 7);
      int sum = 0;
      for (int i = 0; i < 8; i++) {
        sum += (body.charAt(i) - '0') * (9 - i);
      }
      if (sum % 11 < 10) {
        return body + sum % 11;
      }
    }
  }

  private String swedish() {
    return luhn(two(50 + random.nextInt(49)) + two(1 + random.nextInt(12)) + two(1 + random.nextInt(28)) + of(DIGITS, 3)).replaceFirst("(.{6})", "$1-");
  }

  private String singapore() {
    String body = of(DIGITS, 7);
    int[] weights = {2, 7, 6, 5, 4, 3, 2};
    int sum = 0;
    for (int i = 0; i < 7; i++) {
      sum += (body.charAt(i) - '0') * weights[i];
    }
    return "S" + body + "JZIHGFEDCBA".charAt(sum % 11);
  }

  private String chars(char kind, int count) {
    return switch (kind) {
      case 'd' -> "" + (1 + random.nextInt(9)) + of(DIGITS, count - 1);
      case 'A' -> of(DIGITS + LOWER + UPPER, count);
      case 'H', 'h' -> of("0123456789abcdef", count);
      case 'U' -> of(UPPER + DIGITS, count);
      case 'K' -> of(UPPER + "234567", count);
      case 'L' -> of(LOWER + DIGITS, count);
      case 'l' -> of(LOWER, count);
      case 'W' -> of(DIGITS + LOWER + UPPER, 1) + of(DIGITS + LOWER + UPPER + "-_", count - 2) + of(DIGITS + LOWER + UPPER, 1);
      default -> of(DIGITS + LOWER + UPPER + "+/", count);
    };
  }

  private String of(String alphabet, int count) {
    StringBuilder out = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      out.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return out.toString();
  }

  private static String two(int n) {
    return n < 10 ? "0" + n : "" + n;
  }

  /** As people choose them, and as tools make them. */
  private String password() {
    String word = WORDS[random.nextInt(WORDS.length)];
    return switch (random.nextInt(6)) {
      case 0 -> Character.toUpperCase(word.charAt(0)) + word.substring(1) + '@' + of(DIGITS, 4);
      case 1 -> word + of(DIGITS, 3) + '!';
      case 2 -> of(UPPER, 1) + of(LOWER, 3) + '#' + of(DIGITS, 4) + of(LOWER, 2);
      case 3 -> of(LOWER + UPPER + DIGITS, 9) + of(DIGITS, 2) + of(LOWER, 1);
      case 4 -> "P" + of(LOWER, 2) + of(DIGITS, 2) + "$" + of(UPPER, 2) + of(DIGITS, 1) + "x";
      default -> word + "_" + of(DIGITS, 4);
    };
  }

  private String residentId() {
    String body = AREAS[random.nextInt(AREAS.length)] + (1950 + random.nextInt(60)) + two(1 + random.nextInt(12)) + two(1 + random.nextInt(28)) + of(DIGITS, 3);
    int rest = 0;
    for (int i = 0; i < 17; i++) {
      rest = (rest + body.charAt(i) - '0') * 2 % 11;
    }
    int last = (12 - rest) % 11;
    return body + (last == 10 ? "X" : "" + last);
  }

  private static String luhn(String body) {
    for (char last = '0'; ; last++) {
      int sum = 0;
      String number = body + last;
      for (int i = 0; i < number.length(); i++) {
        int value = number.charAt(number.length() - 1 - i) - '0';
        sum += i % 2 == 0 ? value : value * 2 / 10 + value * 2 % 10;
      }
      if (sum % 10 == 0) {
        return number;
      }
    }
  }

  private String american() {
    return "" + (2 + random.nextInt(7)) + "0123456".charAt(random.nextInt(7)) + (1 + random.nextInt(9));
  }

  private String exchange() {
    return "" + (2 + random.nextInt(8)) + of(DIGITS, 2);
  }

  private String ssn(String dash) {
    return "" + (1 + random.nextInt(5)) + of("123456789", 2) + dash + of("123456789", 2) + dash + of("123456789", 4);
  }

  private String iban() {
    String account = "37040044" + of(DIGITS, 10);
    int check = 98 - new java.math.BigInteger(account + "131400").mod(java.math.BigInteger.valueOf(97)).intValue();
    return "DE" + two(check) + account;
  }

  private String creditCode() {
    String alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    String body = "91" + "330106" + of(alphabet, 9);
    int sum = 0;
    int weight = 1;
    for (int i = 0; i < 17; i++) {
      sum += alphabet.indexOf(body.charAt(i)) * weight;
      weight = weight * 3 % 31;
    }
    return body + alphabet.charAt((31 - sum % 31) % 31);
  }

  private String hongKong() {
    String digits = of(DIGITS, 6);
    char letter = UPPER.charAt(random.nextInt(26));
    int sum = 36 * 9 + (letter - 'A' + 10) * 8;
    for (int i = 0; i < 6; i++) {
      sum += (digits.charAt(i) - '0') * (7 - i);
    }
    int check = (11 - sum % 11) % 11;
    return letter + digits + '(' + (check == 10 ? "A" : "" + check) + ')';
  }

  private String nhs() {
    while (true) {
      String body = "9" + of(DIGITS, 8);
      int sum = 0;
      for (int i = 0; i < 9; i++) {
        sum += (10 - i) * (body.charAt(i) - '0');
      }
      int check = 11 - sum % 11;
      if (check != 10) {
        return body.substring(0, 3) + ' ' + body.substring(3, 6) + ' ' + body.substring(6) + (check == 11 ? 0 : check);
      }
    }
  }

  private String cpf() {
    String body = of(DIGITS, 9);
    for (int length = 9; length < 11; length++) {
      int sum = 0;
      for (int i = 0; i < length; i++) {
        sum += (length + 1 - i) * (body.charAt(i) - '0');
      }
      int rest = sum * 10 % 11;
      body += rest == 10 ? 0 : rest;
    }
    return body.replaceFirst("(...)(...)(...)(..)", "$1.$2.$3-$4");
  }

  private String spanish() {
    String digits = of(DIGITS, 8);
    return digits + "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Integer.parseInt(digits) % 23);
  }

  /** Verhoeff: the last digit that closes the chain in the dihedral group of ten. */
  private String aadhaar() {
    String body = "" + (2 + random.nextInt(8)) + of(DIGITS, 10);
    for (char last = '0'; ; last++) {
      if (verhoeff(body + last)) {
        return (body + last).replaceAll("(.{4})(?=.)", "$1 ");
      }
    }
  }

  private static boolean verhoeff(String digits) {
    int[] turn = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};
    int check = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      for (int times = i % 8; times > 0; times--) {
        digit = turn[digit];
      }
      check = check < 5 ? digit < 5 ? (check + digit) % 5 : 5 + (check + digit) % 5 : digit < 5 ? 5 + (check - digit + 5) % 5 : (check - digit + 5) % 5;
    }
    return check == 0;
  }
}
