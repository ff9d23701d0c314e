package io.tidegate.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What changes something (hazards D8, K7): POST only, and only by an operator. A web page must be our own (see {@link Guard}), send JSON, and show a key.
 * A program shows a key too, or is an operator's on the Unix socket; where no operator has a key, any program of this host may do what it could bring about
 * by other means: read configuration and policies again, empty the cache.
 */
final class AdminActs {
  private static final String RELOAD = "/admin/policy/reload";
  private static final String RELOAD_ALL = "/admin/reload";
  private static final String PURGE = "/admin/cache/purge";
  private static final String LOG = "/admin/log";
  private static final int BODY_BYTES = 4 << 10;
  /** The whole body: nothing else is understood. */
  private static final Pattern LEVEL = Pattern.compile("\\s*\\{\\s*\"level\"\\s*:\\s*\"(error|warn|info|debug)\"\\s*}\\s*");

  private final AdminPages pages;
  private final AdminPools pools;
  private final Operators operators;

  AdminActs(AdminPages pages, AdminPools pools, AdminRules rules) {
    this.pages = pages;
    this.pools = pools;
    this.operators = rules.operators();
  }

  /** Whether something is done at this path, by a POST. */
  static boolean takes(String path) {
    return path.equals(RELOAD) || path.equals(RELOAD_ALL) || path.equals(PURGE) || path.equals(LOG);
  }

  Plan plan(Head head) {
    boolean log = head.path().equals(LOG) && head.query().isEmpty();
    boolean all = head.path().equals(RELOAD_ALL) && head.query().isEmpty();
    boolean reload = all || head.path().equals(RELOAD) && head.query().isEmpty();
    if (!log && !reload && !head.path().equals(PURGE)) {
      return refused(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET only; POST is for " + RELOAD_ALL + ", " + RELOAD + ", " + PURGE + ", " + LOG + " and /admin/playground.\n");
    }
    boolean browser = head.browser();
    Optional<String> operator = operators.who(head.header(HttpHeaderNames.AUTHORIZATION), head.peer(), browser);
    boolean program = !browser && !log && !operators.keysConfigured() && head.header(HttpHeaderNames.AUTHORIZATION) == null && head.here();
    if (operator.isEmpty() && !program) {
      return Plan.now(Answer.text(HttpResponseStatus.UNAUTHORIZED, operators.keysConfigured() ? "Only an operator may do that: send a key of admin.operators.\n"
          : "Only an operator may do that, and nobody is one: see admin.operators.\n").with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"));
    }
    if (head.headers().contains(HttpHeaderNames.COOKIE)) {
      return refused(HttpResponseStatus.FORBIDDEN, "Cookies prove nothing here.\n");
    }
    long length = head.bodyBytes();
    if ((browser || log || length != 0) && !head.json()) {
      return refused(browser || log ? HttpResponseStatus.UNSUPPORTED_MEDIA_TYPE : HttpResponseStatus.BAD_REQUEST, "No body is taken here but application/json.\n");
    }
    String who = operator.orElse("a program of this host");
    return log ? level(who) : reload ? reload(who, all) : purge(head, who);
  }

  private Plan reload(String who, boolean all) {
    return Plan.reading(pools.slow(), BODY_BYTES, body -> {
      pages.acted(who, all ? "asked for configuration, certificates and policies to be read again" : "asked for the policies to be read again");
      AdminPages.Reload reload = all ? pages.reload() : pages.reloadPolicies();
      Answer answer = Answer.json(reload.json());
      return reload.accepted() ? answer : new Answer(HttpResponseStatus.CONFLICT, answer.type(), answer.body(), answer.more());
    });
  }

  /** {@code all}, or one or more of tenant, model, policy, session: what is misspelt must not remove everything. */
  private Plan purge(Head head, String who) {
    PurgeQuery query;
    try {
      query = PurgeQuery.parse(PURGE + "?" + head.query());
    } catch (IllegalArgumentException wrong) {
      return refused(HttpResponseStatus.BAD_REQUEST, "Ask " + PURGE + "?all, or with one or more of tenant=, model=, policy=, session= (with its tenant).\n");
    }
    return Plan.reading(pools.slow(), BODY_BYTES, body -> {
      pages.acted(who, "purges the edge cache");
      return Answer.json(pages.purgeCache(query.tenant(), query.model(), query.policy(), query.session()));
    });
  }

  private Plan level(String who) {
    return Plan.reading(pools.page(), BODY_BYTES, body -> {
      Matcher asked = LEVEL.matcher(new String(body, StandardCharsets.UTF_8));
      if (!asked.matches()) {
        return Answer.text(HttpResponseStatus.BAD_REQUEST, "Send {\"level\":\"error|warn|info|debug\"}.\n");
      }
      pages.acted(who, "sets the log level to " + asked.group(1));
      pages.logLevel(asked.group(1));
      return Answer.of(Answer.JSON, pages.view(AdminView.LOG));
    });
  }

  private static Plan refused(HttpResponseStatus status, String why) {
    return Plan.now(Answer.text(status, why));
  }
}
