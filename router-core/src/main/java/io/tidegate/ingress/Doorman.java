package io.tidegate.ingress;

import java.util.function.Consumer;

/** Asked about each new connection, once its certificate is verified and before a byte of it is read as a request. */
@FunctionalInterface
public interface Doorman {
  /**
   * @param uri the one workload that the certificate names
   * @param serial of the certificate, hexadecimal
   * @param answer may be called on any thread, now or later; once. Whoever does not answer in time lets nobody in
   */
  void ask(String uri, String serial, Consumer<Boolean> answer);
}
