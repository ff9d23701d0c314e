/**
 * Certificates for emulators that speak TLS: made in memory, trusted by nobody unless told to.
 *
 * <p>Comes in: host names. Goes out: a key, a certificate, stores and PEM text. Never does: files, sockets.
 */
@NullMarked
package io.tidegate.lab.tls;

import org.jspecify.annotations.NullMarked;
