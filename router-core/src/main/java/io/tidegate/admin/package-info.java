/**
 * The operator's side: health, metrics, status. Never on a public address.
 *
 * <p>Comes in: GET requests on the admin listener. Goes out: pages without content or secrets. Never does: change anything.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admin;
