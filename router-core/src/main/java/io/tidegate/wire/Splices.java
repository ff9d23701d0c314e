package io.tidegate.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A closed list of edits on a validated text (decisions 2): all bytes not named by an edit stay the caller's own. Edits must not overlap.
 * Not thread-safe.
 */
public final class Splices {
  private static final byte[] NOTHING = {};

  private final JsonText source;
  private final List<Edit> edits = new ArrayList<>(4);
  private final List<ObjectEdit> objects = new ArrayList<>(2);

  public Splices(JsonText source) {
    this.source = source;
  }

  /** The bytes from {@code start} to {@code end} give way to {@code with}. */
  private record Edit(int start, int end, byte[] with) {}

  /** Members taken from and added to one object; commas are settled in {@link #apply}, when all of them are known. */
  private static final class ObjectEdit {
    private final int object;
    private final List<Integer> removed = new ArrayList<>(2);
    private final StringBuilder added = new StringBuilder();

    ObjectEdit(int object) {
      this.object = object;
    }
  }

  /** Puts {@code json} (a valid JSON value in ASCII or UTF-8) in the place of a value. */
  public Splices replace(int valueNode, String json) {
    assert valid(json) : "not a JSON value";
    if (source.isKey(valueNode)) {
      throw new IllegalStateException("a key has no value to replace: node " + valueNode);
    }
    edits.add(new Edit(source.start(valueNode), source.end(valueNode), json.getBytes(StandardCharsets.UTF_8)));
    return this;
  }

  /** Renames a key; {@code name} is plain ASCII. */
  public Splices rename(int keyNode, String name) {
    if (!source.isKey(keyNode)) {
      throw new IllegalStateException("not a key: node " + keyNode);
    }
    edits.add(new Edit(source.start(keyNode), source.end(keyNode), ('"' + name + '"').getBytes(StandardCharsets.US_ASCII)));
    return this;
  }

  /** Removes a member, with the comma that joins it. {@code valueNode} is the member's value. */
  public Splices remove(int object, int valueNode) {
    List<Integer> removed = edit(object).removed;
    if (removed.contains(valueNode - 1)) {
      throw new IllegalStateException("removed twice: node " + valueNode);
    }
    removed.add(valueNode - 1);
    return this;
  }

  /** Adds a member at the object's end. The caller has checked that the key is absent. */
  public Splices add(int object, String name, String json) {
    assert valid(json) : "not a JSON value";
    edit(object).added.append(",\"").append(name).append("\":").append(json);
    return this;
  }

  /** True while no edit was declared. */
  public boolean isEmpty() {
    return edits.isEmpty() && objects.isEmpty();
  }

  /**
   * The text after all edits. Without any edit it shares the source's bytes.
   *
   * @throws IllegalStateException if edits overlap, which is a defect of the caller
   */
  public SplicedText apply() {
    return new SplicedText(source, isEmpty() ? source.bytes() : render());
  }

  /** The text after all edits as a new array: for answers, which need no proof of origin. Same errors as {@link #apply}. */
  public byte[] toBytes() {
    return render();
  }

  private ObjectEdit edit(int object) {
    if (source.kind(object) != JsonText.Kind.OBJECT) {
      throw new IllegalStateException("not an object: node " + object);
    }
    for (ObjectEdit known : objects) {
      if (known.object == object) {
        return known;
      }
    }
    ObjectEdit made = new ObjectEdit(object);
    objects.add(made);
    return made;
  }

  private byte[] render() {
    List<Edit> all = new ArrayList<>(edits);
    for (ObjectEdit object : objects) {
      settle(object, all);
    }
    all.sort(Comparator.comparingInt(Edit::start).thenComparingInt(Edit::end));
    byte[] from = source.bytes();
    long length = from.length;
    int last = 0;
    for (Edit edit : all) {
      if (edit.start < last) {
        throw new IllegalStateException("edits overlap at byte " + edit.start);
      }
      last = edit.end;
      length += edit.with.length - (edit.end - edit.start);
    }
    byte[] to = new byte[Math.toIntExact(length)];
    int read = 0;
    int write = 0;
    for (Edit edit : all) {
      System.arraycopy(from, read, to, write, edit.start - read);
      write += edit.start - read;
      System.arraycopy(edit.with, 0, to, write, edit.with.length);
      write += edit.with.length;
      read = edit.end;
    }
    System.arraycopy(from, read, to, write, from.length - read);
    return to;
  }

  /** Turns one object's removals and additions into edits of bytes. */
  private void settle(ObjectEdit object, List<Edit> all) {
    int after = source.next(object.object);
    int found = 0;
    int keptEnd = -1;
    int cutFrom = -1;
    int cutTo = -1;
    for (int key = object.object + 1; key < after; key = source.next(key + 1)) {
      if (object.removed.contains(key)) {
        found++;
        if (cutFrom < 0) {
          cutFrom = keptEnd < 0 ? source.start(key) : keptEnd;
        }
        cutTo = source.end(key + 1);
      } else {
        if (cutFrom >= 0) {
          // A cut before the first kept member takes the comma behind it, any other the comma before it.
          all.add(new Edit(cutFrom, keptEnd < 0 ? source.start(key) : cutTo, NOTHING));
          cutFrom = -1;
        }
        keptEnd = source.end(key + 1);
      }
    }
    if (cutFrom >= 0) {
      all.add(new Edit(cutFrom, cutTo, NOTHING));
    }
    if (found != object.removed.size()) {
      throw new IllegalStateException("not a member of the object: node " + object.object);
    }
    if (object.added.length() > 0) {
      int end = source.end(object.object) - 1;
      String text = keptEnd < 0 ? object.added.substring(1) : object.added.toString();
      all.add(new Edit(end, end, text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static boolean valid(String json) {
    try {
      JsonText.parse(json.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT);
      return true;
    } catch (JsonException e) {
      return false;
    }
  }
}
