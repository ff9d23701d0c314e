package io.tidegate.yaml;

import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.nio.ByteBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads one YAML 1.2 document from bytes. The tree is built from the parser's events, so that bounds hold while it grows. */
public final class YamlDocument {
  private YamlDocument() {}

  /**
   * Reads {@code bytes} as one mapping. Mistakes go to {@code problems}; a syntax error is one problem and ends the reading.
   *
   * @param file as the user named it, for messages
   * @return the root mapping; empty if the file cannot be read at all. It writes to {@code problems} as it is read
   */
  public static Optional<YamlMap> parse(String file, byte[] bytes, YamlLimits limits, List<Problem> problems) {
    return parse(file, bytes, limits, problems, Pace.FULL);
  }

  /**
   * Reads beside live traffic.
   *
   * @param pace asked before each key and value
   */
  public static Optional<YamlMap> parse(String file, byte[] bytes, YamlLimits limits, List<Problem> problems, Pace pace) {
    if (bytes.length > limits.maxBytes()) {
      problems.add(new Problem(file, 0, 0, "the file has " + bytes.length + " bytes, more than " + limits.maxBytes(), "split it into several files"));
      return Optional.empty();
    }
    Optional<String> text = decode(file, bytes, problems);
    return text.flatMap(t -> build(file, t, limits, problems, pace));
  }

  private static Optional<YamlMap> build(String file, String text, YamlLimits limits, List<Problem> problems, Pace pace) {
    YamlBuilder builder = new YamlBuilder(file, text, limits, problems);
    LoadSettings settings = LoadSettings.builder().setLabel(file).setUseMarks(true).setCodePointLimit(limits.maxBytes() + 1).build();
    try {
      for (Event event : new Parse(settings).parseString(text)) {
        pace.step();
        if (!builder.accept(event)) {
          return Optional.empty();
        }
      }
    } catch (MarkedYamlEngineException e) {
      problems.add(syntax(file, text, e));
      return Optional.empty();
    } catch (YamlEngineException e) {
      problems.add(new Problem(file, 0, 0, "the file holds a character that YAML does not allow, or is cut short",
          "remove control characters; check the end of the file"));
      return Optional.empty();
    }
    return builder.root();
  }

  private static Problem syntax(String file, String text, MarkedYamlEngineException e) {
    Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
    int line = mark.map(m -> m.getLine() + 1).orElse(0);
    int column = mark.map(m -> m.getColumn() + 1).orElse(0);
    String problem = e.getProblem() == null ? "the text is not YAML" : e.getProblem();
    String place = e.getContext() == null ? "" : " " + e.getContext();
    boolean tab = line > 0 && lineOf(text, line).stripTrailing().indexOf('\t') >= 0;
    String fix;
    if (tab) {
      fix = "indent with spaces; YAML allows no tabs there";
    } else if (problem.contains("mapping values are not allowed")) {
      fix = "quote the value if it holds ': ', or correct the indentation";
    } else if (problem.contains("could not find expected ':'")) {
      fix = "write 'key: value', with a space after the colon";
    } else if (problem.contains("cannot start any token")) {
      fix = "put the value in single quotes";
    } else if (problem.contains("<block end>")) {
      fix = "align this line with its siblings, or quote the value above";
    } else if (problem.contains("end of stream")) {
      fix = "close the quote or bracket that is open";
    } else {
      fix = "correct the YAML here; quote values with special characters, indent with spaces";
    }
    return new Problem(file, line, column, "not valid YAML: " + YamlBuilder.clean(problem) + YamlBuilder.clean(place), fix);
  }

  private static String lineOf(String text, int line) {
    return text.lines().skip(line - 1L).findFirst().orElse("");
  }

  private static Optional<String> decode(String file, byte[] bytes, List<Problem> problems) {
    if (bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF) {
      problems.add(new Problem(file, 1, 1, "the file begins with a byte order mark", "save it as UTF-8 without BOM"));
      return Optional.empty();
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      int line = 1;
      int column = 1;
      out.flip();
      for (int i = 0; i < out.length(); i++) {
        char c = out.charAt(i);
        if (c == '\n') {
          line++;
          column = 1;
        } else if (!Character.isLowSurrogate(c)) {
          column++;
        }
      }
      problems.add(new Problem(file, line, column, "a byte here is not UTF-8", "save the file as UTF-8"));
      return Optional.empty();
    }
    return Optional.of(out.flip().toString());
  }
}
