package io.tidegate.model;

import java.util.List;

/**
 * Which placeholder stands for what in one request: made by {@code transform}, read by {@code reply}, kept in memory for the time of the request
 * only. Placeholders are {@code WORD_CODE}: a word that tells the model what kind of thing it is, and a code of letters, all of one length, that
 * occurs nowhere in the request as it came. Prints its size only (G3).
 *
 * @param list in no particular order; codes are distinct, upper case A to Z, of equal length
 */
public record Pseudonyms(List<Pseudonym> list) {
  public static final Pseudonyms NONE = new Pseudonyms(List.of());

  public Pseudonyms {
    list = List.copyOf(list);
  }

  /** One value and what stands for it. */
  public record Pseudonym(String word, String code, String original) {
    /** As it stands in the cleaned text. */
    public String placeholder() {
      return word + '_' + code;
    }

    @Override
    public String toString() {
      return "Pseudonym[" + word + "]";
    }
  }

  public boolean isEmpty() {
    return list.isEmpty();
  }

  @Override
  public String toString() {
    return "Pseudonyms[" + list.size() + "]";
  }
}
