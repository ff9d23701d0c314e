package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LazyCelTest {
  @Test
  @DisplayName("the shipped policy compiles and judges on a class path without CEL and protobuf: a start need not load them")
  void baselineNeedsNoCel() throws Exception {
    assertThat(compiled(Files.readAllBytes(Path.of("../policies/baseline.yaml")))).isPresent();
  }

  @Test
  @DisplayName("a condition does need them, so the test above can fail")
  void conditionsNeedCel() throws Exception {
    byte[] policy = Policies.file("x", "rules: [{id: r, when: stream, raiseTo: restricted, reason: r}]").getBytes(StandardCharsets.UTF_8);
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> compiled(policy)))
        .isInstanceOf(InvocationTargetException.class).hasCauseInstanceOf(NoClassDefFoundError.class);
  }

  private static Optional<?> compiled(byte[] policy) throws ReflectiveOperationException {
    Class<?> compiler = new WithoutCel(LazyCelTest.class.getClassLoader()).loadClass("io.tidegate.policy.PolicyCompiler");
    Object result = compiler.getMethod("compile", Map.class, LocalDate.class).invoke(null, Map.of("p.yaml", policy), Policies.TODAY);
    return (Optional<?>) result.getClass().getMethod("bundle").invoke(result);
  }

  /** Defines the policy room anew and knows neither CEL nor protobuf. */
  private static final class WithoutCel extends ClassLoader {
    WithoutCel(ClassLoader parent) {
      super(parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("dev.cel.") || name.startsWith("com.google.protobuf.")) {
        throw new ClassNotFoundException(name);
      }
      if (!name.startsWith("io.tidegate.policy.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
