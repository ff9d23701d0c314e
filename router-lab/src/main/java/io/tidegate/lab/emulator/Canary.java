package io.tidegate.lab.emulator;

import io.tidegate.lab.record.Received;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks for texts in what an emulator received: raw, JSON-escaped (once and twice), URL-encoded, in base64 at its three alignments (both
 * alphabets), in hex, in UTF-16; and again in what is read when escapes are undone, whichever characters were escaped, and line breaks are left out. For
 * G1: nothing found means that no connection and no decoded request holds the text in any of these forms.
 */
public final class Canary {
  /** A base64 core shorter than this would be found by chance. */
  private static final int MIN_BASE64 = 6;

  private Canary() {}

  /**
   * A text was found.
   *
   * @param index which of the texts that were looked for, from 0
   * @param form how it was spelled
   */
  public record Sighting(int index, String form) {}

  /** All sightings of one text; empty is good. Throws if the record is void. */
  public static List<Sighting> search(Emulator emulator, String text) {
    return searchAll(emulator, List.of(text));
  }

  /** All sightings of many texts, in one walk over the record. Texts of fewer than four bytes are refused: they are everywhere. */
  public static List<Sighting> searchAll(Emulator emulator, List<String> texts) {
    return searchAll(emulator.received(), texts);
  }

  /** All sightings of many texts in a record. */
  public static List<Sighting> searchAll(Received received, List<String> texts) {
    return search(texts, received::forEachText);
  }

  /** All sightings of many texts in other places: logs, metrics, files, answers. */
  public static List<Sighting> searchIn(List<byte[]> places, List<String> texts) {
    return search(texts, places::forEach);
  }

  private static List<Sighting> search(List<String> texts, Consumer<Consumer<byte[]>> places) {
    Needles needles = new Needles();
    for (int i = 0; i < texts.size(); i++) {
      if (texts.get(i).getBytes(StandardCharsets.UTF_8).length < Needles.WINDOW) {
        throw new IllegalArgumentException("text " + i + " is too short to be a canary");
      }
      int index = i;
      forms(texts.get(i)).forEach((form, bytes) -> needles.add(bytes, new Sighting(index, form)));
    }
    Set<Sighting> found = new LinkedHashSet<>();
    places.accept(text -> {
      needles.walk(text, found::add);
      Readings.of(text, (reading, bytes) -> needles.walk(bytes, sighting -> {
        if (found.stream().noneMatch(seen -> seen.index() == sighting.index())) {
          found.add(new Sighting(sighting.index(), sighting.form() + ", " + reading));
        }
      }));
    });
    return List.copyOf(found);
  }

  /** Every spelling that is looked for. */
  static Map<String, byte[]> forms(String text) {
    Map<String, byte[]> forms = new LinkedHashMap<>();
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    forms.put("raw", utf8);
    for (boolean ascii : new boolean[] {false, true}) {
      for (boolean upper : new boolean[] {false, true}) {
        String name = "json" + (ascii ? " ascii" : "") + (upper ? " upper" : "");
        String once = json(text, ascii, upper);
        put(forms, name, once);
        put(forms, name + " twice", json(once, ascii, upper));
      }
    }
    put(forms, "json slashes", json(text, false, false).replace("/", "\\/"));
    put(forms, "url", url(utf8, false, "%20", true));
    put(forms, "url lower", url(utf8, false, "%20", false));
    put(forms, "form", url(utf8, false, "+", true));
    put(forms, "url all", url(utf8, true, "%20", true));
    put(forms, "hex", HexFormat.of().formatHex(utf8));
    put(forms, "hex upper", HexFormat.of().withUpperCase().formatHex(utf8));
    forms.put("utf-16le", text.getBytes(StandardCharsets.UTF_16LE));
    forms.put("utf-16be", text.getBytes(StandardCharsets.UTF_16BE));
    for (int shift = 0; shift < 3; shift++) {
      String core = base64Core(utf8, shift);
      if (core.length() >= MIN_BASE64) {
        put(forms, "base64+" + shift, core);
        put(forms, "base64url+" + shift, core.replace('+', '-').replace('/', '_'));
      }
    }
    return forms;
  }

  private static void put(Map<String, byte[]> forms, String name, String spelled) {
    forms.put(name, spelled.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(String text, boolean ascii, boolean upper) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || ascii && c > 0x7e) {
            out.append("\\u").append(String.format(Locale.ROOT, upper ? "%04X" : "%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.toString();
  }

  private static String url(byte[] utf8, boolean all, String space, boolean upper) {
    StringBuilder out = new StringBuilder(utf8.length * 3);
    for (byte one : utf8) {
      boolean plain = one >= '0' && one <= '9' || one >= 'a' && one <= 'z' || one >= 'A' && one <= 'Z' || "-_.~".indexOf(one) >= 0;
      if (plain && !all) {
        out.append((char) one);
      } else if (one == ' ' && !all) {
        out.append(space);
      } else {
        out.append(String.format(Locale.ROOT, upper ? "%%%02X" : "%%%02x", one & 0xff));
      }
    }
    return out.toString();
  }

  /** The characters that stand for the text alone when {@code shift} unknown bytes come before it. */
  private static String base64Core(byte[] utf8, int shift) {
    byte[] shifted = new byte[utf8.length + shift];
    System.arraycopy(utf8, 0, shifted, shift, utf8.length);
    String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    return all.substring((shift * 8 + 5) / 6, shifted.length * 8 / 6);
  }
}
