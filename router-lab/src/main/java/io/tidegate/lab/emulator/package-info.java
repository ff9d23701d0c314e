/**
 * Upstreams for tests and for the sandbox: the front door of the lab.
 *
 * <p>Comes in: a configuration, scripted faults. Goes out: a listening port and the record of what reached it. Never does: log, run a model.
 * Guarantees: EmulatorWireIT, EmulatorFaultIT, RecordIT.
 */
@NullMarked
package io.tidegate.lab.emulator;

import org.jspecify.annotations.NullMarked;
