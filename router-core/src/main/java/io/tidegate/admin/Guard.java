package io.tidegate.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who is answered at all (hazards D8, K7), before anything is made. A page that rebinds DNS comes with its own name in {@code Host}; a page of another
 * origin comes with {@code Origin} or {@code Sec-Fetch-Site}; somebody on another host comes with a key, or sees no more than a probe does.
 */
final class Guard {
  /** What load balancers, probes and Prometheus ask, wherever they stand: no names of callers, no decisions. */
  private static final Set<String> OPEN = Set.of("/livez", "/readyz", "/metrics");
  /** Each may come once; twice, one reader may see another than we do. */
  private static final List<CharSequence> SINGLE = List.of(HttpHeaderNames.HOST, HttpHeaderNames.ORIGIN, HttpHeaderNames.AUTHORIZATION, HttpHeaderNames.CONTENT_LENGTH,
      HttpHeaderNames.CONTENT_TYPE, "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest");

  private final AdminRules rules;

  Guard(AdminRules rules) {
    this.rules = rules;
  }

  /** Why it is not answered; null if it is. */
  @Nullable Answer refuse(Head head) {
    if (head.headers().contains(HttpHeaderNames.TRANSFER_ENCODING) || SINGLE.stream().anyMatch(name -> head.headers().getAll(name).size() > 1)) {
      return Answer.text(HttpResponseStatus.BAD_REQUEST, "This is not a request this page understands.\n");
    }
    String host = head.headers().get(HttpHeaderNames.HOST, "");
    if (!ours(host, head.local(), OPEN.contains(head.path())) || !sameOrigin(head, host)) {
      return Answer.text(HttpResponseStatus.FORBIDDEN, "This Host or Origin is not served here.\n");
    }
    boolean shell = Assets.serves(head.path());
    if (!head.here() && !OPEN.contains(head.path()) && !shell && rules.operators().who(head.header(HttpHeaderNames.AUTHORIZATION), head.peer(), head.browser()).isEmpty()) {
      return Answer.text(HttpResponseStatus.UNAUTHORIZED, "From another host this takes an operator's key (admin.operators). Or come by SSH.\n")
          .with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    return null;
  }

  /**
   * What a browser says of the page that asks. No page of another origin may have an answer; one may link to the page itself, which holds nothing.
   */
  private static boolean sameOrigin(Head head, String host) {
    String origin = head.header(HttpHeaderNames.ORIGIN);
    String site = head.header("sec-fetch-site");
    boolean read = head.is(HttpMethod.GET);
    if (origin != null ? !origin.toLowerCase(Locale.ROOT).equals("http://" + host.toLowerCase(Locale.ROOT)) : !read && site != null) {
      return false;
    }
    boolean visit = read && Assets.isDoor(head.path()) && "navigate".equals(head.header("sec-fetch-mode")) && "document".equals(head.header("sec-fetch-dest"));
    return site == null || site.equals("same-origin") || site.equals("none") && read || visit;
  }

  /**
   * Whether a Host names us: loopback, the address that was connected to, or a configured name.
   *
   * @param anyAddress a literal address will do, which cannot be rebound: probes come by whatever address a network gave us
   */
  private boolean ours(String host, @Nullable InetSocketAddress local, boolean anyAddress) {
    int colon = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
    String name = (colon > 0 && colon < host.length() ? host.substring(0, colon) : host).toLowerCase(Locale.ROOT);
    String port = host.substring(name.length());
    if (!port.isEmpty() && !port.matches(":[0-9]{1,5}")) {
      return false;
    }
    boolean brackets = name.startsWith("[") && name.endsWith("]");
    String literal = brackets ? name.substring(1, name.length() - 1) : name;
    if (brackets ? NetUtil.isValidIpV6Address(literal) : NetUtil.isValidIpV4Address(literal)) {
      return anyAddress || rules.allowedHosts().contains(literal) || rules.allowedHosts().contains(name) || own(literal, local);
    }
    return name.equals("localhost") || rules.allowedHosts().contains(name);
  }

  private static boolean own(String literal, @Nullable InetSocketAddress local) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
    try {
      InetAddress address = InetAddress.getByAddress(bytes);
      return address.isLoopbackAddress() || local != null && address.equals(local.getAddress());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an address has 4 or 16 bytes", impossible);
    }
  }
}
