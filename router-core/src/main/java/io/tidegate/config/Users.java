package io.tidegate.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Users of this host by name, from its password file; a directory service is not asked. */
final class Users {
  private static final int MAX_BYTES = 4 << 20;

  private final Environment environment;
  private final Path file;

  Users(Environment environment, Path file) {
    this.environment = environment;
    this.file = file;
  }

  Long uid(String name) throws Malformed {
    String text;
    try {
      text = new String(environment.read(file, MAX_BYTES), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new Malformed("users cannot be looked up: " + file + " cannot be read", "write 'uid:' and the number");
    }
    for (String line : text.split("\n")) {
      String[] parts = line.split(":");
      if (parts.length > 2 && parts[0].equals(name) && parts[2].matches("[0-9]{1,10}")) {
        return Long.parseLong(parts[2]);
      }
    }
    throw new Malformed("there is no user '" + Malformed.shown(name) + "' in " + file, "create it, or write 'uid:' and the number that 'id -u' prints");
  }
}
