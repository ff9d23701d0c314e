/**
 * The lab's programs: emulated upstreams to try Tidegate with, plainly labelled as such.
 *
 * <p>Comes in: command-line options. Goes out: one line of JSON that names the ports. Never does: look at a request.
 * Guarantees: SandboxIT.
 */
@NullMarked
package io.tidegate.lab;

import org.jspecify.annotations.NullMarked;
