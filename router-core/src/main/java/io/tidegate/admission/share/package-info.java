/**
 * Several routers under one account's cap: which part of it is this one's (R7.7).
 *
 * <p>Comes in: who holds a lease, and when that was heard. Goes out: places that may be used. Never: more, all routers together, than the cap, but for
 * one place of each that has just begun ({@code AccountShareTest}).
 */
@NullMarked
package io.tidegate.admission.share;

import org.jspecify.annotations.NullMarked;
