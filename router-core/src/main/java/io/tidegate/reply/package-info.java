/**
 * What becomes of an answer between upstream and caller: restoring pseudonyms, filtering output, accounting.
 *
 * <p>Empty so far: an answer goes back as {@code upstream.dialect} normalised it. Later work puts here, pure as the other rooms: the way back
 * of {@code transform} (pseudonyms across event borders), the output filter of hazard A17, and accounting by tenant.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.reply;
