package io.tidegate.gguf.llama;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Brings the native library into this process. Once; any thread. */
final class NativeLlama {
  private static final String RESOURCE = "/de/kherud/llama/Linux/%s/libjllama.so";
  private static final int ERROR_LEVEL = 4;

  /** Kept, because native code calls it. */
  private static final LlamaCpp.Log LOG = NativeLlama::log;
  private static boolean ready;
  private static @Nullable StringBuilder listening;

  private NativeLlama() {}

  /**
   * @throws IOException if there is no library for this machine, or it is not the build that this program was written for
   */
  static synchronized void load() throws IOException {
    if (ready) {
      return;
    }
    String machine = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    // A folder of our own, which only this user can look into; the name in /tmp that the binding uses can be planted by anybody.
    Path folder = Files.createTempDirectory("tidegate-model");
    Path library = folder.resolve("libjllama.so");
    try (InputStream in = NativeLlama.class.getResourceAsStream(String.format(Locale.ROOT, RESOURCE, machine))) {
      if (in == null || !System.getProperty("os.name").equals("Linux")) {
        throw new IOException("there is no native library for " + System.getProperty("os.name") + " on " + machine);
      }
      Files.copy(in, library);
      // JNA's own native part goes through the same folder.
      System.setProperty("jna.tmpdir", folder.toString());
      LlamaCpp.bind(library);
    } catch (UnsatisfiedLinkError e) {
      throw new IOException("the native library could not be loaded; it needs libgomp1 and libstdc++6", e);
    } finally {
      Files.deleteIfExists(library); // It stays mapped.
      Files.delete(folder);
    }
    LlamaCpp.llama_log_set(LOG, null);
    LlamaCpp.llama_backend_init();
    if (!LlamaCpp.llama_model_default_params().plausible() || !LlamaCpp.llama_context_default_params().plausible()) {
      throw new IOException("the native library is not " + LlamaCpp.BUILD);
    }
    ready = true;
  }

  /** What the library complains about while {@code work} is done: about the file, never about content. */
  static synchronized String complaints(Runnable work) {
    StringBuilder lines = new StringBuilder();
    listening = lines;
    try {
      work.run();
    } finally {
      listening = null;
    }
    return lines.toString().strip();
  }

  private static void log(int level, String text, com.sun.jna.@Nullable Pointer data) {
    StringBuilder to = listening;
    if (to != null && level == ERROR_LEVEL && to.length() < 4096) {
      to.append(text);
    }
  }

  /** As C reads it. */
  static byte[] c(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return java.util.Arrays.copyOf(bytes, bytes.length + 1);
  }
}
