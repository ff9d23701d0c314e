/**
 * The operator's side: health, metrics, status. Never on a public address.
 *
 * <p>Comes in: GET requests on the admin listener, and one POST that asks for the policies to be read again. Goes out: pages without content or secrets.
 * Never does: change anything by itself, or take a body.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admin;
