package io.tidegate.daemon;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which an operator asks for configuration, certificates and policies to be read again. The JDK has no supported interface to signals; {@code sun.misc.Signal} is in
 * every one of them, but cannot be compiled against without a warning, hence the reflection.
 */
public final class Hangup {
  private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

  private Hangup() {}

  /** Runs {@code task} at each SIGHUP, on a thread of the virtual machine's. Of the whole process: the last one counts. */
  public static void then(Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ours = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> switch (method.getName()) {
        case "handle" -> {
          task.run();
          yield null;
        }
        case "equals" -> proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "SIGHUP";
      });
      Object before = signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
      if (before == handler.getField("SIG_IGN").get(null)) {
        // The virtual machine leaves it so.
        LOG.warn("SIGHUP does not reload here: the daemon was started with that signal ignored, as by nohup. The admin listener still takes a reload");
      }
    } catch (ReflectiveOperationException taken) {
      // Started with -Xrs, or on a platform without the signal: the admin listener still takes a reload.
      LOG.warn("SIGHUP does not reload here ({})", taken.getClass().getSimpleName());
    }
  }
}
