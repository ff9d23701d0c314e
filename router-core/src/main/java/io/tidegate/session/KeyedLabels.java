package io.tidegate.session;

import io.tidegate.line.SessionLabels;
import io.tidegate.model.Sensitivity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Labels of conversations by a keyed hash of tenant and name: who reads the file learns neither, and nobody can aim at another's bits. Any thread.
 *
 * <p>One filter holds both labels: the hash is 32 bytes, of which half stand for CONFIDENTIAL and half for RESTRICTED. Where the filter cannot be
 * trusted (it lost bits) or tells too little (half full), every conversation is RESTRICTED and {@link #alarm} says why (G2); requests without a
 * session go on.
 */
public final class KeyedLabels implements SessionLabels, AutoCloseable {
  private static final double FULL = 0.5;

  private final ThreadLocal<Mac> macs;
  private final Executor files;
  private final AtomicBoolean syncing = new AtomicBoolean();
  /** Null if it could not be read. */
  private final @Nullable LabelFile file;
  private volatile @Nullable String broken;

  private KeyedLabels(SecretKeySpec key, @Nullable LabelFile file, @Nullable String broken, Executor files) {
    this.macs = ThreadLocal.withInitial(() -> mac(key));
    this.file = file;
    this.broken = broken;
    this.files = files;
  }

  /**
   * Opens or makes the file. Blocking. A damaged file is no failure: then every conversation is RESTRICTED.
   *
   * @param key 32 bytes from the installation's root, for this use only (decisions 14)
   * @param bytes of the filter; a multiple of 4,096
   * @param files where the disk is waited for, soon; bounded, and may refuse
   * @throws IOException if the file cannot be made or opened, or another daemon has it
   */
  public static KeyedLabels open(Path path, long bytes, byte[] key, Executor files) throws IOException {
    SecretKeySpec spec = new SecretKeySpec(key, "HmacSHA256");
    long check = ByteBuffer.wrap(mac(spec).doFinal("key check".getBytes(StandardCharsets.UTF_8))).getLong();
    try {
      return new KeyedLabels(spec, LabelFile.open(path, bytes, check), null, files);
    } catch (LostBits lost) {
      return new KeyedLabels(spec, null, lost.getMessage(), files);
    }
  }

  /** Why every conversation is RESTRICTED; empty when all is well. */
  public Optional<String> alarm() {
    String why = broken;
    if (why == null && file != null && file.bits().fill() > FULL) {
      why = "half of the filter's bits are set, so it tells labelled conversations from new ones no more";
    }
    return Optional.ofNullable(why);
  }

  /** Share of the filter's bits that are set; labels can be told apart up to a half. */
  public double fill() {
    return file == null ? 1 : file.bits().fill();
  }

  @Override
  public Session of(String tenant, String session) {
    LabelFile known = file;
    if (known == null || broken != null) {
      return ALL_RESTRICTED;
    }
    if (known.bits().behind()) {
      soon(known);
    }
    byte[] who = tenant.getBytes(StandardCharsets.UTF_8);
    Mac mac = macs.get();
    // The length first: no tenant and name together read as another tenant and name.
    mac.update(new byte[] {(byte) (who.length >>> 24), (byte) (who.length >>> 16), (byte) (who.length >>> 8), (byte) who.length});
    mac.update(who);
    ByteBuffer hash = ByteBuffer.wrap(mac.doFinal(session.getBytes(StandardCharsets.UTF_8)));
    return new Known(known, hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private synchronized void add(LabelFile to, long first, long second) {
    try {
      to.bits().add(first, second);
    } catch (InternalError unwritable) {
      // What the platform throws when a mapped page cannot be had from the disk.
      broken = "a label could not be written";
    }
    soon(to);
  }

  /** To the disk, and from the other daemon's additions to ours. */
  private void soon(LabelFile to) {
    if (syncing.compareAndSet(false, true)) {
      try {
        files.execute(() -> sync(to));
      } catch (RejectedExecutionException full) {
        syncing.set(false); // The next label asks again; the kernel writes it out meanwhile.
      }
    }
  }

  private void sync(LabelFile to) {
    syncing.set(false);
    try {
      if (to.bits().behind()) {
        synchronized (this) {
          to.bits().refresh();
        }
      }
      to.sync();
    } catch (java.io.UncheckedIOException | InternalError unwritable) {
      broken = "the file of labels could not be written to its disk";
    }
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      broken = "closed";
      file.close();
    }
  }

  private static final Session ALL_RESTRICTED = new Session() {
    @Override
    public Sensitivity label() {
      return Sensitivity.RESTRICTED;
    }

    @Override
    public void raise(Sensitivity to) {
      // There is nothing above it.
    }
  };

  /** One conversation. The label it begins with is looked up once. */
  private final class Known implements Session {
    private final LabelFile in;
    private final long confidential1;
    private final long confidential2;
    private final long restricted1;
    private final long restricted2;

    Known(LabelFile in, long confidential1, long confidential2, long restricted1, long restricted2) {
      this.in = in;
      this.confidential1 = confidential1;
      this.confidential2 = confidential2;
      this.restricted1 = restricted1;
      this.restricted2 = restricted2;
    }

    @Override
    public Sensitivity label() {
      if (alarm().isPresent() || in.bits().holds(restricted1, restricted2)) {
        return Sensitivity.RESTRICTED;
      }
      return in.bits().holds(confidential1, confidential2) ? Sensitivity.CONFIDENTIAL : Sensitivity.PUBLIC;
    }

    @Override
    public void raise(Sensitivity to) {
      switch (to) {
        case PUBLIC, INTERNAL -> { }
        case CONFIDENTIAL -> note(confidential1, confidential2);
        case RESTRICTED -> note(restricted1, restricted2);
      }
    }

    private void note(long first, long second) {
      if (!in.bits().holds(first, second)) {
        add(in, first, second);
      }
    }
  }
}
