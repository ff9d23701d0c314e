package io.tidegate.discovery;

import io.netty.util.NetUtil;
import io.tidegate.model.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A literal address read without any resolver. */
final class LiteralAddress {
  private static final int LONGEST = 45;

  private final byte[] bytes;

  private LiteralAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Null for a name, a scoped address, the unspecified address, a multicast or broadcast one, and anything unreadable. */
  static @Nullable LiteralAddress read(String text) {
    if (text.isEmpty() || text.length() > LONGEST || text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
      return null;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null) {
      return null;
    }
    byte[] plain = unmapped(bytes);
    return canBeAHost(plain) ? new LiteralAddress(plain) : null;
  }

  boolean in(List<Cidr> networks) {
    for (Cidr network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /** One spelling per address, so that what was checked is what is connected to. */
  @Override
  public String toString() {
    return NetUtil.bytesToIpAddress(bytes);
  }

  private static boolean canBeAHost(byte[] a) {
    int any = 0;
    for (byte b : a) {
      any |= b;
    }
    int first = a[0] & 0xFF;
    return any != 0 && (a.length == 4 ? first != 0 && first < 224 : first != 0xFF);
  }

  private static byte[] unmapped(byte[] a) {
    if (a.length != 16 || a[10] != -1 || a[11] != -1) {
      return a;
    }
    for (int i = 0; i < 10; i++) {
      if (a[i] != 0) {
        return a;
      }
    }
    return new byte[] {a[12], a[13], a[14], a[15]};
  }
}
