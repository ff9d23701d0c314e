package io.tidegate.discovery.dns;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads one answer of a name server. Believes nothing it cannot read whole. */
final class DnsAnswers {
  private DnsAnswers() {}

  /** What an answer comes to. */
  enum Kind {
    /** Records came. */
    FOUND,
    /** The name does not exist, or has no such record: with Consul, nobody is well there. */
    NOBODY,
    /** No answer: refused, failed, truncated, malformed, too long. */
    FAILED
  }

  /** One instance that an SRV record names. */
  record Service(int priority, int weight, int port, String target) {}

  /**
   * One answer.
   *
   * @param services of SRV records
   * @param addresses by name, lower case without a dot at the end, as literals; of the answer and what came along
   * @param ttlSeconds the shortest of all records that were read
   */
  record Answer(Kind kind, List<Service> services, Map<String, List<String>> addresses, long ttlSeconds) {
    static final Answer FAILED = new Answer(Kind.FAILED, List.of(), Map.of(), 0);

    List<String> addressesOf(String name) {
      return addresses.getOrDefault(plain(name), List.of());
    }

    /** All addresses of the answer, whatever name (an alias may stand between). */
    List<String> all() {
      return addresses.values().stream().flatMap(List::stream).distinct().toList();
    }
  }

  static Answer read(DnsResponse response, int maxRecords) {
    if (response.isTruncated()) {
      return Answer.FAILED;
    }
    if (response.code().equals(DnsResponseCode.NXDOMAIN)) {
      return new Answer(Kind.NOBODY, List.of(), Map.of(), 0);
    }
    int count = response.count(DnsSection.ANSWER) + response.count(DnsSection.ADDITIONAL);
    if (!response.code().equals(DnsResponseCode.NOERROR) || count > maxRecords) {
      return Answer.FAILED;
    }
    try {
      return records(response);
    } catch (CorruptedFrameException | IndexOutOfBoundsException malformed) {
      return Answer.FAILED;
    }
  }

  private static Answer records(DnsResponse response) {
    List<Service> services = new ArrayList<>();
    Map<String, List<String>> addresses = new HashMap<>();
    long ttl = Long.MAX_VALUE;
    for (DnsSection section : new DnsSection[] {DnsSection.ANSWER, DnsSection.ADDITIONAL}) {
      for (int i = 0; i < response.count(section); i++) {
        DnsRecord record = response.recordAt(section, i);
        if (!(record instanceof DnsRawRecord raw)) {
          continue;
        }
        ByteBuf content = raw.content().duplicate();
        DnsRecordType type = record.type();
        if (type.equals(DnsRecordType.SRV) && section == DnsSection.ANSWER) {
          services.add(new Service(content.readUnsignedShort(), content.readUnsignedShort(), content.readUnsignedShort(),
              plain(DefaultDnsRecordDecoder.decodeName(content))));
        } else if (type.equals(DnsRecordType.A) || type.equals(DnsRecordType.AAAA)) {
          if (content.readableBytes() != (type.equals(DnsRecordType.A) ? 4 : 16)) {
            return Answer.FAILED;
          }
          byte[] bytes = new byte[content.readableBytes()];
          content.readBytes(bytes);
          addresses.computeIfAbsent(plain(record.name()), name -> new ArrayList<>()).add(NetUtil.bytesToIpAddress(bytes));
        } else if (!type.equals(DnsRecordType.CNAME)) {
          continue;
        }
        ttl = Math.min(ttl, record.timeToLive());
      }
    }
    boolean any = !services.isEmpty() || !addresses.isEmpty();
    if (!any && !saysNothing(response)) {
      return Answer.FAILED;
    }
    return new Answer(any ? Kind.FOUND : Kind.NOBODY, services, addresses, any ? ttl : 0);
  }

  /**
   * Whether an answer without records means that there are none: then the zone's authority stands in it (RFC 2308). The decoder drops a record that was cut
   * off without a word, so an answer that is merely empty may be one that broke.
   */
  private static boolean saysNothing(DnsResponse response) {
    for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
      if (response.recordAt(DnsSection.AUTHORITY, i).type().equals(DnsRecordType.SOA)) {
        return true;
      }
    }
    return false;
  }

  static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
