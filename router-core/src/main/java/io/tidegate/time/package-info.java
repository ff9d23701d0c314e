/** Time as interfaces only; {@code net} holds the real one, tests a fake one. */
@org.jspecify.annotations.NullMarked
package io.tidegate.time;
