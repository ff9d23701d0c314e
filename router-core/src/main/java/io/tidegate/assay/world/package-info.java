/**
 * A stage for the production line: the same walk, decider, catalog, balancer, health board and cache use, in virtual time, over upstreams that only
 * play their part.
 *
 * <p>Comes in: rules, a request, a {@link io.tidegate.assay.world.World}. Goes out: a {@link io.tidegate.assay.world.Performance}: who answered, what
 * was refused, and which bytes were handed to which zone. Never does: open a socket, read a clock, start a thread, log. What it borrows from edges
 * comes in through {@link io.tidegate.assay.world.RehearsalPorts}.
 *
 * <p>The zone that got the bytes is the stage's own, by endpoint, and not what the clearance or the catalog says (G1): SabotageTest.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.assay.world;
