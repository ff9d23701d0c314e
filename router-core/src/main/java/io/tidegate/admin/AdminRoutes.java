package io.tidegate.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which path is what. Every path is exact (D7). What only reads is here; what changes something is in {@link AdminActs}. */
final class AdminRoutes {
  static final String EVENTS = "/admin/events";
  /** Followed by an id; the same as {@code /admin/explain?id=}. */
  private static final String DECISIONS = "/admin/decisions/";
  private static final String PLAYGROUND = "/admin/playground";
  /** Of a typed text: enough for a page of it, and for what stands around it. */
  private static final int TEXT_BYTES = 256 << 10;
  private static final Pattern EXPLAIN = Pattern.compile("id=([A-Za-z0-9_-]{1,64})(&as=text)?");

  private final AdminPages pages;
  private final AdminPools pools;
  private final AdminActs acts;
  /** Null until somebody opens the page. */
  private volatile @Nullable Assets assets;

  AdminRoutes(AdminPages pages, AdminPools pools, AdminRules rules) {
    this.pages = pages;
    this.pools = pools;
    this.acts = new AdminActs(pages, pools, rules);
  }

  Plan plan(Head head) {
    if (head.is(HttpMethod.POST)) {
      return head.path().equals(PLAYGROUND) ? playground(head) : acts.plan(head);
    }
    // A HEAD, as load balancers send it, is a GET whose answer's body the codec leaves out.
    if (!head.is(HttpMethod.GET) && (!head.is(HttpMethod.HEAD) || head.path().equals(EVENTS))) {
      return Plan.now(Answer.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET only.\n").with(HttpHeaderNames.ALLOW, "GET"));
    }
    if (Assets.serves(head.path())) {
      return Plan.on(pools.page(), () -> assets().answer(head.path(), head.header(HttpHeaderNames.IF_NONE_MATCH)));
    }
    return switch (head.path()) {
      case "/livez" -> Plan.later(() -> pages.live().thenApply(AdminRoutes::yesOrNo));
      case "/readyz" -> Plan.on(pools.quick(), this::ready);
      case "/metrics" -> metrics(head);
      case "/admin/status" -> page(Answer.JSON, pages::status);
      case "/admin/explain" -> explain(head.query());
      case "/admin/forecast" -> page(Answer.JSON, pages::forecast);
      case "/admin/cache" -> page(Answer.JSON, pages::cache);
      case "/admin/policy/shadow" -> page(Answer.JSON, pages::shadow);
      case EVENTS -> Plan.WATCH;
      default -> head.path().startsWith(DECISIONS) ? explain("id=" + head.path().substring(DECISIONS.length())) : view(head.path());
    };
  }

  private Assets assets() {
    Assets made = assets;
    if (made == null) {
      made = new Assets();
      assets = made;
    }
    return made;
  }

  private Plan view(String path) {
    for (AdminView view : AdminView.values()) {
      if (path.equals("/admin/" + view.word())) {
        return Plan.on(pools.page(), () -> Answer.of(Answer.JSON, pages.view(view)));
      }
    }
    if (AdminActs.takes(path) || path.equals(PLAYGROUND)) {
      return Plan.now(Answer.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "POST only.\n").with(HttpHeaderNames.ALLOW, "POST"));
    }
    return Plan.now(Answer.text(HttpResponseStatus.NOT_FOUND, "Try /livez, /readyz, /metrics, /admin/status or " + Assets.HOME + ".\n"));
  }

  private Answer ready() {
    StringBuilder text = new StringBuilder(pages.ready() ? "ok\n" : "no\n");
    HttpResponseStatus status = text.charAt(0) == 'o' ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
    pages.warnings().forEach(warning -> text.append("warning: ").append(warning).append('\n'));
    return Answer.text(status, text.toString());
  }

  private static Answer yesOrNo(boolean yes) {
    return Answer.text(yes ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, yes ? "ok\n" : "no\n");
  }

  /** OpenMetrics, which has exemplars, for who asks for it. */
  private Plan metrics(Head head) {
    return head.headers().getAll(HttpHeaderNames.ACCEPT).stream().anyMatch(accept -> accept.contains("application/openmetrics-text"))
        ? page("application/openmetrics-text; version=1.0.0; charset=utf-8", pages::openMetrics)
        : page("text/plain; version=0.0.4; charset=utf-8", pages::metrics);
  }

  private Plan page(String type, Supplier<String> page) {
    return Plan.on(pools.quick(), () -> Answer.of(type, page.get().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private Plan explain(String query) {
    Matcher asked = EXPLAIN.matcher(query);
    if (!asked.matches()) {
      return Plan.now(Answer.text(HttpResponseStatus.BAD_REQUEST, "Ask /admin/explain?id=REQUEST_ID, with &as=text for eyes.\n"));
    }
    boolean text = asked.group(2) != null;
    return Plan.on(pools.slow(), () -> pages.explain(asked.group(1), text)
        .map(page -> text ? Answer.text(HttpResponseStatus.OK, page) : Answer.json(page))
        .orElseGet(() -> Answer.text(HttpResponseStatus.NOT_FOUND, "There is no record of this request.\n")));
  }

  /** Changes nothing, so it takes no operator; a POST, since its text must not stand in an address that is kept somewhere (G3). */
  private Plan playground(Head head) {
    if (!head.json()) {
      return Plan.now(Answer.text(HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE, "Send application/json.\n"));
    }
    return Plan.reading(pools.page(), TEXT_BYTES, body -> {
      try {
        return Answer.of(Answer.JSON, pages.judge(body));
      } catch (IllegalArgumentException wrong) {
        return Answer.text(HttpResponseStatus.BAD_REQUEST, "This cannot be classified: " + wrong.getMessage() + ".\n");
      }
    });
  }
}
