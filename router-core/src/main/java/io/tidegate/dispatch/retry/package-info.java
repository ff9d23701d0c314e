/**
 * When a failed attempt is followed by another: how long to wait, how many may follow, and what a target takes to begin. Pure: time and randomness are
 * passed in. Which targets there are is settled elsewhere; nothing here adds one.
 */
@NullMarked
package io.tidegate.dispatch.retry;

import org.jspecify.annotations.NullMarked;
