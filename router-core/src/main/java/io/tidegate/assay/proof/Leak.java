package io.tidegate.assay.proof;

import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.World;

/**
 * One kind of leak, by its first example.
 *
 * @param seen the walk that shows it
 * @param cause what lets it through
 * @param fix what to change
 */
record Leak(Violation violation, Ask ask, World world, Performance seen, String cause, String fix) {}
