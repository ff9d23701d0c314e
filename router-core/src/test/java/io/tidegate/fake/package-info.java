/** Doubles with behaviour of their own, shared by all tests. */
@org.jspecify.annotations.NullMarked
package io.tidegate.fake;
