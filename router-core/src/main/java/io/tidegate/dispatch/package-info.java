/** See the architecture page. */
@org.jspecify.annotations.NullMarked
package io.tidegate.dispatch;
