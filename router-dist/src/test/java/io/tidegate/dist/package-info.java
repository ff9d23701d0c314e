/** What the packages hold and what installing them does. */
@NullMarked
package io.tidegate.dist;

import org.jspecify.annotations.NullMarked;
