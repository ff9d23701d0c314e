package io.tidegate.daemon.policy;

import io.tidegate.discovery.ConsulFolder;
import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.Signatures;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Policies below a prefix of Consul's KV store. A carrier like a directory: what it brings counts only if it is signed. */
final class PolicyFolder implements PolicyCarrier {
  private static final int MAX_FILES = 64;

  private final ConsulFolder folder;
  private final String place;

  PolicyFolder(ConsulFolder folder, String prefix) {
    this.folder = folder;
    this.place = "consul:" + prefix;
  }

  @Override
  public String place() {
    return place;
  }

  @Override
  public Object stamp() {
    return folder.changes();
  }

  @Override
  public PolicyTexts read() throws Unreadable {
    Map<String, byte[]> values;
    try {
      values = folder.read();
    } catch (IOException away) {
      throw new Unreadable(place, "Consul gives nothing usable (" + away.getMessage() + ")", "look at Consul, at policy.consul.prefix and at the token's key_prefix rights");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new Unreadable(place, "the daemon is stopping", "start it again");
    }
    SortedMap<String, byte[]> files = new TreeMap<>();
    values.forEach((name, bytes) -> {
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        files.put(name, bytes);
      }
    });
    if (files.isEmpty() || files.size() > MAX_FILES) {
      throw new Unreadable(place, files.isEmpty() ? "there is no *.yaml key" : "there are more than " + MAX_FILES + " policies",
          "put the signed directory's files right below policy.consul.prefix");
    }
    return new PolicyTexts(place, files, values.get(Manifest.FILE), values.get(Signatures.FILE));
  }

  @Override
  public void close() {
    folder.close();
  }
}
