package io.tidegate.lab.e2e;

import io.tidegate.fake.FakeDns;
import io.tidegate.fake.FakeDns.Question;
import io.tidegate.fake.FakeDns.Reply;
import java.util.List;
import java.util.SplittableRandom;

/** A name server that knows the private emulators by one name, and answers as its seed says: well, or with an error, with nothing, or with a half. */
final class WireNames implements AutoCloseable {
  static final String NAME = "_model._tcp.private.example";
  private static final String HOST = "host.private.example";

  private final FakeDns dns = new FakeDns(this::answer);
  private final SplittableRandom random;
  private volatile boolean fails = true;
  private volatile int[] ports = {};

  WireNames(long seed) {
    this.random = new SplittableRandom(seed);
  }

  int port() {
    return dns.address().getPort();
  }

  /** Where the name leads. */
  void lead(int... to) {
    ports = to;
  }

  /** From now on it answers well. */
  void heal() {
    fails = false;
  }

  List<Question> asked() {
    return dns.asked();
  }

  private Reply answer(Question question) {
    int how;
    synchronized (random) {
      how = random.nextInt(7);
    }
    int[] known = ports;
    if (known.length == 0 || fails && how == 0) {
      return null;
    }
    Reply well = question.type() != FakeDns.SRV ? Reply.of(FakeDns.a(HOST, 1, "127.0.0.1"))
        : Reply.of(FakeDns.srv(NAME, 1, 1, 1, known[0], HOST), FakeDns.srv(NAME, 1, 1, 1, known[1], HOST)).with(FakeDns.a(HOST, 1, "127.0.0.1"));
    return switch (fails ? how : 6) {
      case 1 -> Reply.code(FakeDns.SERVFAIL);
      case 2 -> Reply.code(FakeDns.NXDOMAIN);
      case 3 -> well.garble(3);
      default -> well;
    };
  }

  @Override
  public void close() {
    dns.close();
  }
}
