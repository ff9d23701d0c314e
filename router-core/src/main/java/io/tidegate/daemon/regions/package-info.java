/**
 * Regions in a running daemon: the table of callers' prefixes, what Consul knows of distances and prepared queries, and endpoints from several places.
 *
 * <p>Comes in: the configuration, files, answers of Consul and DNS. Goes out: a caller's region, the order of regions, endpoints that say where they
 * stand. Never does: run on an event loop, but for looking up what is ready; take a region from anybody's word but the operator's.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.daemon.regions;
