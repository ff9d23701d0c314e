/**
 * Kubernetes' horizontal pod autoscaler with KEDA in front of it, as a model (R8.4, R8.5): the same arithmetic, in virtual time. Nothing here decides for
 * the daemon; it plays the cluster that asks the daemon's scaler.
 *
 * <p>Comes in: figures, or their absence, and the time. Goes out: replicas. Never: a socket, a thread, the real time.
 */
@NullMarked
package io.tidegate.lab.hpa;

import org.jspecify.annotations.NullMarked;
