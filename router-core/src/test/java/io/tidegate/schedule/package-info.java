/**
 * Fault schedules in virtual time: the production line, decider, dispatch, retries and cache over upstreams, records, detectors, policies and callers
 * that misbehave as one seed says, and what must hold all the same (G1, G5, G6, G7).
 *
 * <p>A {@link io.tidegate.schedule.Schedule} is a list of events, each with its own time and names, so that any part of it can be played: a failing
 * one shrinks to the few events that matter. {@link io.tidegate.schedule.FaultScheduleTest} runs them; docs/resilience.md tells how to run one.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.schedule;
