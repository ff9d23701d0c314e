package io.tidegate.dispatch;

import io.tidegate.dispatch.balance.Maglev;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where hashes lead among some slots. The table is some milliseconds' work: it is made when a hash is first looked up, or before by
 * {@link #prepare}. Any thread; two that come first at the same time make equal tables.
 */
final class Homes {
  private final EndpointSlot[] slots;
  private volatile @Nullable Maglev table;

  Homes(EndpointSlot[] slots) {
    this.slots = slots;
  }

  /** The slot's index for a key, which must be a hash. */
  int of(long key) {
    Maglev made = table;
    return (made == null ? prepare() : made).at(key);
  }

  Maglev prepare() {
    Maglev made = Maglev.of(Arrays.stream(slots).mapToLong(slot -> Maglev.name(slot.endpoint().id())).toArray(),
        Arrays.stream(slots).mapToInt(slot -> slot.endpoint().weight()).toArray());
    table = made;
    return made;
  }

  boolean prepared() {
    return table != null;
  }
}
