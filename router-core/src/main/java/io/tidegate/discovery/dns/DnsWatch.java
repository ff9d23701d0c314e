package io.tidegate.discovery.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import io.tidegate.discovery.dns.DnsAnswers.Answer;
import io.tidegate.discovery.dns.DnsAnswers.Kind;
import io.tidegate.discovery.dns.DnsAnswers.Service;
import io.tidegate.model.Cidr;
import io.tidegate.model.Endpoint;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one name. Pure but for its log: asking, waiting and time are passed in; confined to one thread. Nobody is heard of twice before the list is
 * emptied: one lying or restarting server must not take everything away (K1).
 */
final class DnsWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DnsWatch.class);
  private static final int MAX_TARGETS = 64;
  private static final int MAX_WEIGHT = 1000;

  private final Asked asked;
  private final DnsTerms terms;
  private final BiFunction<String, DnsRecordType, CompletableFuture<Answer>> ask;
  private final LongConsumer again;
  private @Nullable List<Endpoint> published;
  private int nobodyInRow;
  private int failuresInRow;
  private volatile long queries;
  private volatile long failures;
  private volatile int endpoints;
  private volatile int outside;

  /**
   * @param ask one question; completes on this watch's thread, and never exceptionally
   * @param again called with the nanoseconds after which {@link #look} is to be called
   */
  DnsWatch(Asked asked, DnsTerms terms, BiFunction<String, DnsRecordType, CompletableFuture<Answer>> ask, LongConsumer again) {
    this.asked = asked;
    this.terms = terms;
    this.ask = ask;
    this.again = again;
  }

  long queries() {
    return queries;
  }

  long failures() {
    return failures;
  }

  int endpoints() {
    return endpoints;
  }

  /** Addresses of the last answer that lay outside the upstream's networks. */
  int outside() {
    return outside;
  }

  Asked asked() {
    return asked;
  }

  /** Asks once; the rest follows. */
  void look(Runnable confirmed) {
    queries++;
    CompletableFuture<List<Answer>> answers = asked.port() == 0 ? services() : addresses(List.of(asked.name()));
    answers.thenAccept(all -> settle(all, confirmed)).exceptionally(defect -> {
      LOG.error("upstream {}: name {} could not be followed", asked.upstream().name(), asked.name(), defect);
      again.accept(terms.longestTtl().toNanos());
      return null;
    });
  }

  /** SRV, and the addresses of targets that did not come along. */
  private CompletableFuture<List<Answer>> services() {
    return ask.apply(asked.name(), DnsRecordType.SRV).thenCompose(first -> {
      Set<String> missing = new LinkedHashSet<>();
      for (Service service : first.services()) {
        if (first.addressesOf(service.target()).isEmpty() && missing.size() < MAX_TARGETS) {
          missing.add(service.target());
        }
      }
      return missing.isEmpty() ? CompletableFuture.completedFuture(List.of(first)) : addresses(List.copyOf(missing)).thenApply(more -> {
        List<Answer> all = new ArrayList<>(more);
        all.add(0, first);
        return all;
      });
    });
  }

  private CompletableFuture<List<Answer>> addresses(List<String> names) {
    CompletableFuture<List<Answer>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (String name : names) {
      for (DnsRecordType type : List.of(DnsRecordType.A, DnsRecordType.AAAA)) {
        all = all.thenCombine(ask.apply(name, type), (list, answer) -> {
          list.add(answer);
          return list;
        });
      }
    }
    return all;
  }

  private void settle(List<Answer> answers, Runnable confirmed) {
    // An SRV answer alone says who there is. Of addresses, one family may be missing, as long as the other is there.
    boolean found = answers.stream().anyMatch(answer -> answer.kind() == Kind.FOUND) && answers.get(0).kind() != Kind.FAILED;
    boolean failed = !found && answers.stream().anyMatch(answer -> answer.kind() == Kind.FAILED);
    if (failed) {
      failed();
      return;
    }
    if (!found) {
      nobodyInRow++;
      if (nobodyInRow < 2 && published != null && !published.isEmpty()) {
        again.accept(terms.leastTtl().toNanos());
        return;
      }
    } else {
      nobodyInRow = 0;
    }
    List<Endpoint> now = found ? endpoints(answers) : List.of();
    if (!now.equals(published)) {
      try {
        asked.endpoints().replace(asked.upstream().name(), now);
      } catch (RuntimeException defect) {
        LOG.error("endpoints of upstream {} were not taken over", asked.upstream().name(), defect);
        failed();
        return;
      }
      published = now;
      LOG.info("upstream {}: {} endpoints from name {}", asked.upstream().name(), now.size(), asked.name());
    }
    if (failuresInRow > 0) {
      LOG.info("upstream {}: name {} is followed again", asked.upstream().name(), asked.name());
      failuresInRow = 0;
    }
    endpoints = now.size();
    confirmed.run();
    long ttl = answers.stream().filter(answer -> answer.kind() == Kind.FOUND).mapToLong(Answer::ttlSeconds).min().orElse(0);
    again.accept(Math.min(terms.longestTtl().toNanos(), Math.max(terms.leastTtl().toNanos(), Duration.ofSeconds(Math.min(ttl, 86_400)).toNanos())));
  }

  private void failed() {
    failures++;
    if (failuresInRow == 0) {
      LOG.warn("upstream {}: name {} can't be followed, its {} endpoints stay", asked.upstream().name(), asked.name(), endpoints);
    }
    failuresInRow = Math.min(failuresInRow + 1, 20);
    long wait = terms.leastTtl().toNanos() << (failuresInRow - 1);
    again.accept(Math.min(terms.longestTtl().toNanos(), wait <= 0 ? Long.MAX_VALUE : wait));
  }

  private List<Endpoint> endpoints(List<Answer> answers) {
    List<Endpoint> all = new ArrayList<>();
    int dropped = 0;
    if (asked.port() > 0) {
      for (Answer answer : answers) {
        for (String address : answer.all()) {
          dropped += add(all, address, asked.port(), 1);
        }
      }
    } else {
      List<Service> services = answers.get(0).services();
      // Those of the best priority there is; what stands behind them is for when they are gone, and then they are not in the answer.
      int best = services.stream().mapToInt(Service::priority).min().orElse(0);
      for (Service service : services) {
        if (service.priority() != best || service.port() == 0) {
          continue;
        }
        for (Answer answer : answers) {
          for (String address : answer.addressesOf(service.target())) {
            dropped += add(all, address, service.port(), Math.max(1, Math.min(MAX_WEIGHT, service.weight())));
          }
        }
      }
    }
    if (dropped > 0 && dropped != outside) {
      LOG.warn("upstream {}: {} addresses of name {} lie outside its networks", asked.upstream().name(), dropped, asked.name());
    }
    outside = dropped;
    all.sort(Comparator.comparing(Endpoint::id));
    return List.copyOf(all);
  }

  /** 1 if it lies outside, else 0. */
  private int add(List<Endpoint> to, String address, int port, int weight) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null || !inside(bytes)) {
      return 1;
    }
    String id = (address.indexOf(':') < 0 ? address : "[" + address + "]") + ':' + port;
    if (to.stream().noneMatch(other -> other.id().equals(id))) {
      to.add(new Endpoint(asked.upstream().name(), id, address, port, weight, true));
    }
    return 0;
  }

  private boolean inside(byte[] address) {
    for (Cidr network : asked.upstream().networks()) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
