package io.tidegate.discovery;

import io.tidegate.model.Secret;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token and TLS material as the files hold them now. Looked at once a second at most, by whoever asks; what cannot be used leaves the last good one in
 * force, and is said once. No value is ever logged, nor part of a message. Any thread but an event loop.
 */
final class AgentCredentials {
  static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final Logger LOG = LoggerFactory.getLogger(AgentCredentials.class);
  private static final int MAX_TOKEN_BYTES = 4 << 10;

  private final ConsulAccess access;
  private volatile Shown shown;
  /** Guarded by this. */
  private FileMark tokenMark;
  private FileMark trustMark;
  private boolean tokenRefused;
  private boolean trustRefused;
  private long lookedNanos = System.nanoTime();

  /**
   * What is in force.
   *
   * @param trust null for the platform's authorities, and no certificate of our own
   * @param generation rises with each change
   */
  record Shown(@Nullable Secret token, @Nullable ConsulTrust trust, int generation) {
    /** Nothing of the token. */
    @Override
    public String toString() {
      return "Shown[" + generation + "]";
    }
  }

  /** @throws IllegalArgumentException if the TLS files cannot be used; a token file has been read by the configuration already */
  AgentCredentials(ConsulAccess access) {
    this.access = access;
    this.tokenMark = FileMark.of(access.tokenFile());
    this.trustMark = trustMark();
    this.shown = new Shown(access.token(), access.changesTrust() ? ConsulTrust.of(access) : null, 0);
  }

  /** Whether files stand behind it, so that it may change. */
  boolean mayChange() {
    return access.tokenFile() != null || access.changesTrust();
  }

  Shown now() {
    if (mayChange()) {
      look();
    }
    return shown;
  }

  private synchronized void look() {
    long now = System.nanoTime();
    if (now - lookedNanos < LOOK_NANOS) {
      return;
    }
    lookedNanos = now;
    lookAtToken();
    lookAtTrust();
  }

  private void lookAtToken() {
    Path file = access.tokenFile();
    FileMark mark = FileMark.of(file);
    if (file == null || mark.equals(tokenMark)) {
      return;
    }
    // Before the read: a write between the two shows at the next look.
    tokenMark = mark;
    try {
      Secret next = token(file);
      Secret old = shown.token();
      if (old == null || !old.reveal().equals(next.reveal())) {
        shown = new Shown(next, shown.trust(), shown.generation() + 1);
        LOG.info("the Consul token in {} was replaced, and is used from now on", file);
      }
      tokenRefused = false;
    } catch (IOException unusable) {
      if (!tokenRefused) {
        LOG.warn("the Consul token in {} cannot be used ({}), the one before stays", file, unusable.getMessage());
      }
      tokenRefused = true;
    }
  }

  private void lookAtTrust() {
    FileMark mark = trustMark();
    if (mark.equals(trustMark)) {
      return;
    }
    trustMark = mark;
    try {
      shown = new Shown(shown.token(), ConsulTrust.of(access), shown.generation() + 1);
      LOG.info("certificates for the Consul agent were replaced, and are used from now on");
      trustRefused = false;
    } catch (IllegalArgumentException unusable) {
      if (!trustRefused) {
        LOG.warn("certificates for the Consul agent cannot be used ({}), those before stay", unusable.getMessage());
      }
      trustRefused = true;
    }
  }

  private FileMark trustMark() {
    return FileMark.of(access.ca(), access.certificate(), access.key());
  }

  /** @throws IOException whose message says what is wrong with the file, and nothing of what it holds */
  private static Secret token(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_TOKEN_BYTES + 1);
      if (FileMark.openToOthers(file)) {
        throw new IOException("every user has rights to it: chmod o-rwx");
      }
    } catch (java.nio.file.FileSystemException gone) {
      throw new IOException(gone instanceof java.nio.file.NoSuchFileException ? "it is gone" : "it cannot be read");
    }
    String text;
    try {
      text = bytes.length > MAX_TOKEN_BYTES ? "" : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().strip();
    } catch (CharacterCodingException binary) {
      text = "";
    }
    if (text.isEmpty() || text.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw new IOException("it does not hold one token on one line");
    }
    return new Secret(text);
  }
}
