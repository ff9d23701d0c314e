package io.tidegate.yaml;

import io.tidegate.model.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.common.SpecVersion;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Builds the tree from parser events and refuses what we do not read. Used by one thread, once. */
final class YamlBuilder {
  private final String file;
  private final String[] lines;
  private final YamlLimits limits;
  private final List<Problem> problems;
  private final Deque<Open> open = new ArrayDeque<>();
  private @Nullable YamlNode root;
  private int nodes;
  private int documents;

  /** A collection whose end has not come yet. */
  private static final class Open {
    final YamlPosition position;
    final boolean isMap;
    final List<YamlNode> items = new ArrayList<>();
    final Map<String, YamlMap.Entry> entries = new LinkedHashMap<>();
    @Nullable YamlText key;

    /** The key is unusable: the value is read and dropped. */
    boolean dropValue;

    Open(YamlPosition position, boolean isMap) {
      this.position = position;
      this.isMap = isMap;
    }
  }

  YamlBuilder(String file, String text, YamlLimits limits, List<Problem> problems) {
    this.file = file;
    this.lines = text.split("\n", -1);
    this.limits = limits;
    this.problems = problems;
  }

  /** Takes the next event; false if the reading must stop. */
  boolean accept(Event event) {
    YamlPosition at = position(event.getStartMark());
    switch (event.getEventId()) {
      case DocumentStart:
        return documentStart((DocumentStartEvent) event, at);
      case Alias:
        problems.add(at.problem("aliases (*" + clean(((AliasEvent) event).getAlias().getValue()) + ") are not read", "write the value out"));
        return put(new YamlText("", true, at, YamlText.Style.REFLOWED, 0));
      case Scalar:
        refuseAnchorAndTag((NodeEvent) event, ((ScalarEvent) event).getTag(), at);
        return count(at) && put(scalar((ScalarEvent) event, at));
      case MappingStart:
      case SequenceStart:
        refuseAnchorAndTag((NodeEvent) event, ((CollectionStartEvent) event).getTag(), at);
        if (open.size() >= limits.maxDepth()) {
          problems.add(at.problem("nested deeper than " + limits.maxDepth() + " levels", "flatten the structure"));
          return false;
        }
        open.push(new Open(at, event.getEventId() == Event.ID.MappingStart));
        return count(at);
      case MappingEnd:
      case SequenceEnd:
        return put(closed(open.pop()));
      default:
        return true;
    }
  }

  /** The root mapping, once all events were taken. */
  Optional<YamlMap> root() {
    YamlNode node = root;
    if (node instanceof YamlMap map) {
      return Optional.of(map);
    }
    problems.add(new Problem(file, node == null ? 0 : node.position().line(), node == null ? 0 : node.position().column(),
        node == null || node instanceof YamlText text && text.isNull() ? "the file is empty" : "the file is not a mapping",
        "begin with 'key: value' lines"));
    return Optional.empty();
  }

  private boolean documentStart(DocumentStartEvent event, YamlPosition at) {
    if (++documents > 1) {
      problems.add(at.problem("a second document begins here", "keep one document in a file; remove the '---'"));
      return false;
    }
    Optional<SpecVersion> version = event.getSpecVersion();
    if (version.isPresent() && (version.get().getMajor() != 1 || version.get().getMinor() != 2) || !event.getTags().isEmpty()) {
      problems.add(at.problem("directives are not read", "remove the lines that begin with '%'"));
    }
    return true;
  }

  private void refuseAnchorAndTag(NodeEvent event, Optional<?> tag, YamlPosition at) {
    event.getAnchor().ifPresent(anchor ->
        problems.add(at.problem("anchors (&" + clean(anchor.getValue()) + ") are not read", "remove the anchor and write the value out")));
    tag.ifPresent(name -> problems.add(at.problem("tags (" + clean(name.toString()) + ") are not read",
        "remove the tag; quote the value to make it a text")));
  }

  private boolean count(YamlPosition at) {
    if (++nodes > limits.maxNodes()) {
      problems.add(at.problem("more than " + limits.maxNodes() + " keys and values", "split the file into several"));
      return false;
    }
    return true;
  }

  private boolean put(YamlNode node) {
    Open parent = open.peek();
    if (parent == null) {
      root = node;
    } else if (!parent.isMap) {
      parent.items.add(node);
    } else if (parent.key == null && !parent.dropValue) {
      key(parent, node);
    } else {
      YamlText key = parent.key;
      if (key != null) {
        parent.entries.put(key.text(), new YamlMap.Entry(key.position(), node));
      }
      parent.key = null;
      parent.dropValue = false;
    }
    return true;
  }

  private void key(Open map, YamlNode node) {
    if (!(node instanceof YamlText text) || text.isNull()) {
      problems.add(node.position().problem("a key must be a plain word", "write 'key: value'"));
      map.dropValue = true;
      return;
    }
    YamlMap.Entry first = map.entries.get(text.text());
    if (first != null) {
      problems.add(node.position().problem("key '" + clean(text.text()) + "' is given twice (first on line " + first.keyPosition().line() + ")",
          "remove one of the two"));
      map.dropValue = true;
      return;
    }
    map.key = text;
  }

  private YamlNode closed(Open collection) {
    return collection.isMap
        ? new YamlMap(collection.position, collection.entries, problems)
        : new YamlNode.Items(List.copyOf(collection.items), collection.position);
  }

  private YamlText scalar(ScalarEvent event, YamlPosition at) {
    ScalarStyle style = event.getScalarStyle();
    boolean plain = style == ScalarStyle.PLAIN;
    boolean oneLine = event.getStartMark().map(Mark::getLine).equals(event.getEndMark().map(Mark::getLine));
    if (style == ScalarStyle.LITERAL) {
      return new YamlText(event.getValue(), false, at, YamlText.Style.LITERAL_BLOCK, indentBelow(at.line()));
    }
    boolean quoted = style == ScalarStyle.SINGLE_QUOTED || style == ScalarStyle.DOUBLE_QUOTED;
    YamlPosition text = quoted ? new YamlPosition(file, at.line(), at.column() + 1) : at;
    return new YamlText(event.getValue(), plain, text, oneLine ? YamlText.Style.ON_ONE_LINE : YamlText.Style.REFLOWED, 0);
  }

  /** Indentation of the first line after {@code header} (1-based) that is not blank. */
  private int indentBelow(int header) {
    for (int i = header; i < lines.length; i++) {
      if (!lines[i].isBlank()) {
        return lines[i].length() - lines[i].stripLeading().length();
      }
    }
    return 0;
  }

  private YamlPosition position(Optional<Mark> mark) {
    return mark.map(m -> new YamlPosition(file, m.getLine() + 1, m.getColumn() + 1)).orElse(new YamlPosition(file, 0, 0));
  }

  /** At most 60 printable characters of a word of the file, for a message. */
  static String clean(String word) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < word.length() && i < 60; i++) {
      char c = word.charAt(i);
      out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return word.length() > 60 ? out.append('…').toString() : out.toString();
  }
}
