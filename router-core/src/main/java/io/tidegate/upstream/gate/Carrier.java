package io.tidegate.upstream.gate;

import io.netty.channel.Channel;

/** What carries one exchange: an HTTP/1.1 connection, or one stream of an HTTP/2 connection. On the loop only. */
interface Carrier {
  /** Where to write. */
  Channel channel();

  /** The socket's channel: its address is the one that counts. */
  Channel socket();

  boolean isHttp2();

  /** Carried an exchange before: its peer may have closed it while we wrote. */
  boolean reused();

  /**
   * Flushes what is written in this turn of the loop: {@link io.tidegate.net.TurnEnd}.
   */
  void flushSoon();

  /** Turns reading from the socket on or off (back-pressure). */
  void reading(boolean on);

  /** Frees it at once: closes the connection or resets the stream. Nothing more is reported to the exchange. */
  void abort();

  /** The exchange has all it wants: keep the connection if its end is clean. Nothing more is reported to the exchange. */
  void finish();
}
