/**
 * The operator's side: health, metrics, status, a web page. Never on a public address.
 *
 * <p>Comes in: GET requests on the admin listener; a typed text to be classified; acts of operators, who show a key or are known by the kernel. Goes out:
 * documents without content or secrets, to this host's browsers only under our own names (D8). Never does: change anything for anybody else, keep a text, or
 * set more aside for a watcher than one snapshot. Tests: AdminServerTest, AdminGuardTest, AdminActsTest, WatchersTest, AssetsTest, AdminPageIT.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admin;
