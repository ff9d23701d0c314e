package io.tidegate.config;

import io.tidegate.model.Secret;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which keys of two loads mean different things: their values are compared, not how they are written. */
final class BoundValues {
  private BoundValues() {}

  static SortedSet<String> changes(Map<String, Object> before, Map<String, Object> after) {
    SortedSet<String> changed = new TreeSet<>();
    Set<String> all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    for (String key : all) {
      if (!same(before.get(key), after.get(key))) {
        changed.add(key);
      }
    }
    return changed;
  }

  /** An absent value and an empty one are the same. */
  private static boolean same(@Nullable Object one, @Nullable Object other) {
    return Objects.equals(flat(one), flat(other));
  }

  /** A value whose equality is that of what it means. */
  private static @Nullable Object flat(@Nullable Object value) {
    if (value instanceof Optional<?> optional) {
      return flat(optional.orElse(null));
    }
    if (value instanceof Secret secret) {
      return secret.reveal();
    }
    if (value instanceof Set<?> set) {
      Set<@Nullable Object> flat = new HashSet<>();
      set.forEach(each -> flat.add(flat(each)));
      return flat.isEmpty() ? null : flat;
    }
    if (value instanceof Collection<?> list) {
      return list.isEmpty() ? null : list.stream().map(each -> Optional.ofNullable(flat(each))).toList();
    }
    if (value != null && value.getClass().isArray()) {
      StringBuilder items = new StringBuilder("array");
      for (int i = 0; i < Array.getLength(value); i++) {
        items.append(' ').append(Array.get(value, i));
      }
      return items.toString();
    }
    return value instanceof Record record ? parts(record) : value;
  }

  private static Object parts(Record record) {
    StringBuilder shape = new StringBuilder(record.getClass().getName());
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        shape.append('\n').append(component.getName()).append(' ').append(flat(component.getAccessor().invoke(record)));
      } catch (ReflectiveOperationException hidden) {
        throw new IllegalStateException("a record's component cannot be read", hidden);
      }
    }
    return shape.toString();
  }
}
