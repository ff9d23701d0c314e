/** Fakes that stand for the edges in tests: they record and obey, and never decide. */
@org.jspecify.annotations.NullMarked
package io.tidegate.fake;
