/**
 * The disk under jobs: one directory that only the daemon's user may enter, with files that only it may read, for they hold what callers asked and what was
 * answered.
 *
 * <p>Comes in: names and bytes of {@code jobs}. Goes out: the same bytes, after a kill or a loss of power too, once synced. Never does: look into them.
 * Blocking: on the jobs' thread only.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.jobstore;
