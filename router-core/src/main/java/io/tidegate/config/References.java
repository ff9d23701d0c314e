package io.tidegate.config;

import io.tidegate.model.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Follows references to secrets and other files (hazard B2): {@code ${env:NAME}}, {@code ${file:/path}}, {@code ${credential:NAME}}. No message shows
 * a value, nor the text of a reference that is not one: it may be a key written in by mistake.
 */
final class References {
  static final int MAX_SECRET_BYTES = 64 << 10;
  static final int MAX_FILE_BYTES = 4 << 20;
  private static final String FORM = "write ${env:NAME}, ${file:/path} or ${credential:NAME}, and put the value there";
  private final Environment environment;

  References(Environment environment) {
    this.environment = environment;
  }

  Secret secret(String reference) throws Malformed {
    int colon = reference.indexOf(':');
    if (!reference.startsWith("${") || !reference.endsWith("}") || colon < 0 || reference.indexOf('}') != reference.length() - 1) {
      throw new Malformed("a secret must not stand in the configuration", FORM);
    }
    String name = reference.substring(colon + 1, reference.length() - 1);
    return switch (reference.substring(2, colon)) {
      case "env" -> variable(name);
      case "file" -> value(path(name), true, "the file " + name);
      case "credential" -> credential(name);
      default -> throw new Malformed("a secret cannot be referred to that way", FORM);
    };
  }

  /** The file behind a reference that {@link #secret} took; empty if it is none, so that the value never changes. */
  Optional<Path> secretFile(String reference) throws Malformed {
    boolean file = reference.startsWith("${file:") && reference.endsWith("}");
    return file ? Optional.of(path(reference.substring("${file:".length(), reference.length() - 1))) : Optional.empty();
  }

  private Secret variable(String name) throws Malformed {
    String value = environment.variables().get(name);
    if (value == null || value.isBlank()) {
      throw new Malformed("the environment variable " + Malformed.shown(name) + " is " + (value == null ? "not set" : "empty"),
          "set " + Malformed.shown(name) + " before the start, or refer to a file: ${file:/path}");
    }
    return checked(value, "the environment variable " + Malformed.shown(name));
  }

  private Secret credential(String name) throws Malformed {
    if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0) {
      throw new Malformed("the name of a credential is not a file name", "write ${credential:NAME} as in LoadCredential=NAME:/path");
    }
    String directory = environment.variables().get("CREDENTIALS_DIRECTORY");
    if (directory == null) {
      throw new Malformed("there is no credential " + Malformed.shown(name) + ", since CREDENTIALS_DIRECTORY is not set",
          "start by systemd with LoadCredential=" + Malformed.shown(name) + ":/path, or use ${file:/path}");
    }
    // systemd keeps the directory to the service's user, so the file's own bits do not matter.
    return value(path(directory).resolve(name), false, "the credential " + Malformed.shown(name));
  }

  private Secret value(Path path, boolean alone, String what) throws Malformed {
    byte[] bytes = bytes(path, MAX_SECRET_BYTES, what);
    if (alone) {
      refuseIfOpen(path, false, what);
    }
    return checked(utf8(bytes, what).strip(), what);
  }

  /** What can stand in a header field; anything else would break the request or forge another field. */
  private static Secret checked(String value, String what) throws Malformed {
    if (value.isEmpty()) {
      throw new Malformed(what + " is empty", "put the secret there, on one line");
    }
    if (value.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw new Malformed(what + " holds a character that no key has (a space, a line break, or one beyond ASCII)", "put the bare secret there, on one line");
    }
    return new Secret(value);
  }

  /** A PEM file or the like: there, readable, not empty. */
  Path readable(String text, boolean secret) throws Malformed {
    Path path = path(text);
    String what = "the file " + Malformed.shown(text);
    if (bytes(path, MAX_FILE_BYTES, what).length == 0) {
      throw new Malformed(what + " is empty", "name a file with content");
    }
    if (secret) {
      refuseIfOpen(path, false, what);
    }
    return path;
  }

  /** A text that decides who may come in: others must not be able to write it. */
  String text(Path path) throws Malformed {
    String what = "the file " + Malformed.shown(path.toString());
    String text = utf8(bytes(path, MAX_FILE_BYTES, what), what);
    refuseIfOpen(path, true, what);
    return text;
  }

  static Path path(String text) throws Malformed {
    try {
      if (!text.isBlank()) {
        return Path.of(text);
      }
    } catch (InvalidPathException nul) {
      // Said below.
    }
    throw new Malformed("the path is empty or not a path", "write an absolute path");
  }

  private void refuseIfOpen(Path path, boolean writing, String what) throws Malformed {
    try {
      if (environment.openToOthers(path, writing)) {
        throw new Malformed(what + (writing ? " can be written by every user" : " can be read by every user"),
            "run: chmod o-rwx " + Malformed.shown(path.toString()));
      }
    } catch (IOException unreadable) {
      throw unreadable(what, unreadable);
    }
  }

  private byte[] bytes(Path path, int maxBytes, String what) throws Malformed {
    try {
      return environment.read(path, maxBytes);
    } catch (IOException unreadable) {
      throw unreadable(what, unreadable);
    }
  }

  private static Malformed unreadable(String what, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return new Malformed(what + " does not exist", "create it, or correct the path");
    }
    if (cause instanceof AccessDeniedException) {
      return new Malformed(what + " may not be read by this user", "give the daemon's user the right to read it");
    }
    return new Malformed(what + " cannot be read (too long, a directory, or a fault of the disk)", "name a readable file");
  }

  private static String utf8(byte[] bytes, String what) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notText) {
      throw new Malformed(what + " is not UTF-8 text", "save it as UTF-8");
    }
  }
}
