package io.tidegate.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.fake.FakeConsul;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConsulFolderTest {
  private final FakeConsul consul = new FakeConsul();
  private final Thread.@Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

  private ConsulFolder folder() {
    return new ConsulFolder(ConsulConfig.defaults(consul.url()), "tidegate/policies", new SplittableRandom(1));
  }

  @AfterEach
  void stop() {
    Thread.setDefaultUncaughtExceptionHandler(before);
    consul.close();
  }

  @Test
  @DisplayName("K1 a folder that is closed at any moment ends its thread and leaves no exception behind")
  void closes() {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    for (int i = 0; i < 20; i++) {
      int asked = consul.queries().size();
      ConsulFolder folder = folder();
      folder.start();
      if (i % 2 == 0) {
        SeenEndpoints.until("it asks", () -> consul.queries().size() > asked);
      }
      folder.close();
      assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("consul-folder");
    }
    assertThat(uncaught).isEmpty();
  }

  @Test
  @DisplayName("K1 who reads a folder that was closed is told so by an IOException")
  void readAfterClose() {
    ConsulFolder folder = folder();
    folder.close();
    assertThatThrownBy(folder::read).isInstanceOf(IOException.class);
  }
}
