package io.tidegate.daemon.policy;

import io.tidegate.policy.signature.Manifest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one bundle as they were read, all of one moment. The arrays are not to be changed.
 *
 * @param place where from, for messages
 * @param files file name → bytes
 * @param manifest null if there is none
 * @param signatures null if there are none
 */
public record PolicyTexts(String place, SortedMap<String, byte[]> files, byte @Nullable [] manifest, byte @Nullable [] signatures) {
  /** Names the content: equal for equal bytes. */
  public String fingerprint() {
    StringBuilder all = new StringBuilder();
    files.forEach((name, bytes) -> all.append(name).append('\0').append(Manifest.sha256(bytes)).append('\n'));
    all.append('m').append(manifest == null ? "" : Manifest.sha256(manifest)).append('s').append(signatures == null ? "" : Manifest.sha256(signatures));
    return Manifest.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The files by the names that problems shall show. */
  public Map<String, byte[]> shown() {
    Map<String, byte[]> shown = new TreeMap<>();
    files.forEach((name, bytes) -> shown.put(place + "/" + name, bytes));
    return shown;
  }
}
