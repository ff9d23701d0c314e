package io.tidegate.classify;

/**
 * A token form that a vendor publishes, so that scanners can know it; {@code secrets@1} holds them, as documented in 2026. Lengths are given with some room, since vendors
 * grow them.
 *
 * @param prefix as written, case counts; three characters or more
 * @param alphabet of the rest: {@code A} letters and digits, {@code W} and hyphen, underscore, {@code D} and full stops too, {@code S} and dollar signs, {@code B} base64,
 *     {@code H} hexadecimal, {@code G} hexadecimal with hyphens, {@code U} capitals and digits
 */
record TokenForm(String prefix, char alphabet, int min, int max) {
  /** From {@code prefix alphabet min max}. */
  static TokenForm of(String text) {
    String[] part = text.split(" ");
    if (part.length != 4 || part[0].length() < 3 || part[1].length() != 1) {
      throw new IllegalArgumentException("a token form is: prefix alphabet min max");
    }
    return new TokenForm(part[0], part[1].charAt(0), Integer.parseInt(part[2]), Integer.parseInt(part[3]));
  }
}
