package io.tidegate.admission;

import io.tidegate.model.Caller;
import io.tidegate.model.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The text of a keys file: one {@code tenant:name:sha256hex} per line, with {@code :group,group} behind it if the caller belongs to some; blank lines and lines that begin with {@code #} say nothing.
 * Several keys may name one caller, so that a key can be changed without a gap. No message ever quotes a line: it may hold a key by mistake.
 */
public final class KeysFile {
  /** Past this a file is refused: an installation with more callers wants another identity source. */
  public static final int MAX_KEYS = 10_000;
  /** A caller in more groups than this is a mistake. */
  public static final int MAX_GROUPS = 32;
  private static final int HASH_DIGITS = 64;
  private static final String FORM_FIX = "write tenant:name:hash or tenant:name:hash:group,group as printed by 'tidegate keys new'";

  private final String file;
  private final List<KeyEntry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<String, Integer> lineOfHash = new HashMap<>();

  private KeysFile(String file) {
    this.file = file;
  }

  /**
   * What a keys file says.
   *
   * @param entries the good lines, in order; of use only when {@code problems} is empty
   */
  public record Parsed(List<KeyEntry> entries, List<Problem> problems) {
    public Parsed {
      entries = List.copyOf(entries);
      problems = List.copyOf(problems);
    }
  }

  /** Reads {@code text}; {@code file} is its name in problems. Never throws; a file without a key is a problem (it would refuse everyone). */
  public static Parsed parse(String file, String text) {
    KeysFile keys = new KeysFile(file);
    keys.lines(text);
    return new Parsed(keys.entries, keys.problems);
  }

  private void lines(String text) {
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length && problems.size() < 100; i++) {
      String line = lines[i].endsWith("\r") ? lines[i].substring(0, lines[i].length() - 1) : lines[i];
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        entry(line, i + 1);
      }
    }
    if (entries.size() > MAX_KEYS) {
      problem(0, 0, "there are more than " + MAX_KEYS + " keys", "remove keys that are no longer used");
    }
    if (entries.isEmpty() && problems.isEmpty()) {
      problem(0, 0, "the file names no caller, so every request with a key would be refused",
          "add a line with 'tidegate keys new TENANT NAME', or remove callers.keysFile");
    }
  }

  private void entry(String line, int number) {
    int first = line.indexOf(':');
    int second = first < 0 ? -1 : line.indexOf(':', first + 1);
    if (second < 0) {
      problem(number, 1, "the line has not the form tenant:name:hash", FORM_FIX);
      return;
    }
    Optional<String> tenant = name(line.substring(0, first), number, 1, "tenant");
    Optional<String> name = name(line.substring(first + 1, second), number, first + 2, "name");
    String rest = line.substring(second + 1).stripTrailing();
    int third = rest.indexOf(':');
    Optional<String> hash = hash(third < 0 ? rest : rest.substring(0, third), number, second + 2);
    Optional<Set<String>> groups = third < 0 ? Optional.of(Set.of()) : groups(rest.substring(third + 1), number, second + third + 3);
    if (tenant.isPresent() && name.isPresent() && hash.isPresent() && groups.isPresent()) {
      entries.add(new KeyEntry(new Caller(tenant.get(), name.get(), groups.get()), hash.get()));
    }
  }

  private Optional<String> name(String text, int line, int column, String what) {
    if (!CallerName.good(text)) {
      problem(line, column, "the " + what + " is not a name", CallerName.FIX);
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** The part after the hash: names between commas. */
  private Optional<Set<String>> groups(String text, int line, int column) {
    Set<String> groups = new HashSet<>();
    int at = 0;
    for (String group : text.split(",", -1)) {
      if (name(group, line, column + at, "group").isEmpty()) {
        return Optional.empty();
      }
      groups.add(group);
      at += group.length() + 1;
    }
    if (groups.size() > MAX_GROUPS) {
      problem(line, column, "there are more than " + MAX_GROUPS + " groups", "name those that a policy reads");
      return Optional.empty();
    }
    return Optional.of(groups);
  }

  private Optional<String> hash(String text, int line, int column) {
    boolean good = text.length() == HASH_DIGITS;
    for (int i = 0; good && i < text.length(); i++) {
      good = Character.digit(text.charAt(i), 16) >= 0 && text.charAt(i) < 128;
    }
    if (!good) {
      problem(line, column, "the hash is not a SHA-256 in hex (64 digits); a key itself must never stand here", FORM_FIX);
      return Optional.empty();
    }
    String hash = text.toLowerCase(Locale.ROOT);
    Integer before = lineOfHash.putIfAbsent(hash, line);
    if (before != null) {
      problem(line, column, "the same key is on line " + before, "give each caller a key of its own: 'tidegate keys new TENANT NAME'");
      return Optional.empty();
    }
    return Optional.of(hash);
  }

  private void problem(int line, int column, String message, String fix) {
    problems.add(new Problem(file, line, column, message, fix));
  }
}
