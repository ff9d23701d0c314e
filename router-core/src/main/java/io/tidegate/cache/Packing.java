package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Life;
import io.tidegate.line.AnswerCache.Origin;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.line.Shape;
import io.tidegate.model.Destination;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * A stored answer as bytes, and back, before it is sealed and after it was opened. Its age crosses over as civil time, since no other clock is shared: one
 * that seems to come from the future is taken for born now where the clocks may just differ, and not at all past that.
 */
final class Packing {
  static final byte VERSION = 1;
  private static final long CLOCKS_DIFFER_MILLIS = 5_000;
  static final int MAX_SECONDS = 7 * 24 * 3_600;

  private Packing() {}

  /** @param ageNanos since its birth */
  static byte[] pack(Stored stored, long ageNanos, long nowMillis) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(stored.body().length + stored.origin().shape().length + 160);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      Life life = stored.life();
      Origin origin = stored.origin();
      out.writeByte(VERSION);
      out.writeLong(nowMillis - ageNanos / 1_000_000);
      out.writeInt(life.freshSeconds());
      out.writeInt(life.staleSeconds());
      out.writeInt(life.errorSeconds());
      out.writeUTF(origin.upstream());
      out.writeByte(origin.destination().ordinal());
      out.writeUTF(origin.tenant());
      out.writeUTF(origin.model());
      out.writeLong(origin.session());
      out.writeInt(origin.tokens());
      out.writeInt(origin.firstMicros());
      out.writeInt(origin.shape().length);
      out.write(origin.shape());
      out.writeInt(stored.body().length);
      out.write(stored.body());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Null if it is not what {@link #pack} wrote, or over. */
  static @Nullable Stored unpack(byte[] packed, long nowNanos, long nowMillis) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
      if (in.readByte() != VERSION) {
        return null;
      }
      long ageMillis = nowMillis - in.readLong();
      int fresh = in.readInt();
      int stale = in.readInt();
      int error = in.readInt();
      String upstream = in.readUTF();
      int destination = in.readByte();
      String tenant = in.readUTF();
      String model = in.readUTF();
      long session = in.readLong();
      int tokens = in.readInt();
      int first = in.readInt();
      byte[] shape = bytes(in);
      byte[] body = bytes(in);
      if (ageMillis < -CLOCKS_DIFFER_MILLIS || !lasts(fresh) || !lasts(stale) || !lasts(error) || shape == null || body == null || in.read() != -1
          || destination < 0 || destination >= Destination.values().length || !Shape.fits(shape, body.length)) {
        return null;
      }
      Life life = new Life(nowNanos - Math.max(0, ageMillis) * 1_000_000, fresh, stale, error, true, false);
      return life.at(nowNanos) == Life.State.OVER ? null
          : new Stored(body, new Origin(upstream, Destination.values()[destination], tenant, model, session, tokens, first, shape), life);
    } catch (IOException cut) {
      return null;
    }
  }

  private static boolean lasts(int seconds) {
    return seconds >= 0 && seconds <= MAX_SECONDS;
  }

  private static byte @Nullable [] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 || length > in.available() ? null : in.readNBytes(length);
  }
}
