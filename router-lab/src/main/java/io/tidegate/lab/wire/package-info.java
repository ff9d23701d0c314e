/**
 * The sockets of an emulated upstream: HTTP/1.1 and HTTP/2 on one port, plain or TLS.
 *
 * <p>Comes in: connections. Goes out: {@link io.tidegate.lab.wire.Exchange}s, and the bytes their plans ask for, broken ones included
 * (which is why answers are not written through Netty's HTTP/1.1 encoder). Never does: know a dialect, log.
 * Guarantees: every byte is recorded before it is parsed (RecordIT); no buffer leaks (EmulatorFaultIT at paranoid).
 */
@NullMarked
package io.tidegate.lab.wire;

import org.jspecify.annotations.NullMarked;
