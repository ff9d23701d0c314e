package io.tidegate.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {
  @TempDir
  private Path folder;

  @Test
  @DisplayName("H6 a whole segment is read, and leaves no memory of its size with the thread that read it")
  void reads() throws Exception {
    byte[] content = new byte[(4 << 20) + 7];
    new Random(1).nextBytes(content);
    Files.write(folder.resolve("segment"), content);
    FileStore store = new FileStore(folder);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      long before = direct();
      ByteBuffer read = reader.submit(() -> store.read("segment")).get();
      assertThat(direct() - before).isLessThan(1 << 20);
      assertThat(read).isEqualTo(ByteBuffer.wrap(content));
    } finally {
      reader.shutdownNow();
    }
  }

  @Test
  void readsAnEmptyFile() throws Exception {
    Files.createFile(folder.resolve("empty"));
    assertThat(new FileStore(folder).read("empty").hasRemaining()).isFalse();
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow().getMemoryUsed();
  }
}
