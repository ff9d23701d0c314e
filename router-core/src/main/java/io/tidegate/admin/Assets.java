package io.tidegate.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page's own files, out of the jar: a closed list. They hold nothing of this installation. Any thread; reads, so never on an event loop. */
final class Assets {
  /** Where the page lives; its files' names are relative to it. */
  static final String HOME = "/admin/ui/";

  private static final String PLACE = "/io/tidegate/admin/ui/";
  private static final String START = "index.html";
  private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "css", "text/css; charset=utf-8", "js",
      "text/javascript; charset=utf-8", "svg", "image/svg+xml");
  /** Every file there is; AssetsTest compares it with the folder. */
  static final List<String> FILES = List.of("index.html", "app.css", "icon.svg", "app.js", "asking.js", "dom.js", "feed.js", "format.js", "charts.js", "operator.js", "flows.js",
      "upstreams.js", "limits.js", "cache.js", "policy.js", "decisions.js", "playground.js", "config.js", "log.js");
  private static final Map<String, String> BY_PATH = FILES.stream().collect(Collectors.toUnmodifiableMap(file -> file.equals(START) ? HOME : HOME + file, file -> file));

  private final Map<String, Kept> read = new ConcurrentHashMap<>();

  private record Kept(byte[] bytes, String tag) {}

  /** Whether a path is one of the page's own files, or leads to it. */
  static boolean serves(String path) {
    return BY_PATH.containsKey(path) || isDoor(path);
  }

  /** What somebody types, or links to. */
  static boolean isDoor(String path) {
    return path.equals("/") || path.equals("/admin") || path.equals("/admin/") || path.equals("/admin/ui") || path.equals(HOME);
  }

  /** @param known the tag of what the browser has; null for nothing */
  Answer answer(String path, @Nullable String known) {
    String file = BY_PATH.get(path);
    if (file == null) {
      return Answer.text(HttpResponseStatus.FOUND, "The page is at " + HOME + "\n").with(HttpHeaderNames.LOCATION, HOME);
    }
    Kept kept = read.computeIfAbsent(file, Assets::read);
    Map<CharSequence, String> headers = Map.of(HttpHeaderNames.ETAG, kept.tag, HttpHeaderNames.CACHE_CONTROL, "no-cache");
    if (kept.tag.equals(known)) {
      return new Answer(HttpResponseStatus.NOT_MODIFIED, "", new byte[0], headers);
    }
    return new Answer(HttpResponseStatus.OK, TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream"), kept.bytes, headers);
  }

  private static Kept read(String file) {
    try (InputStream in = Assets.class.getResourceAsStream(PLACE + file)) {
      if (in == null) {
        throw new IllegalStateException("the jar has no " + file);
      }
      byte[] bytes = in.readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return new Kept(bytes, '"' + HexFormat.of().formatHex(digest, 0, 8) + '"');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
