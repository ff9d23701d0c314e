package io.tidegate.upstream.gate;

import io.tidegate.time.WallClock;

/**
 * What reading an answer needs besides the answer.
 *
 * @param wallClock for a {@code Retry-After} that is a date
 */
record AnswerParts(GateConfig config, WallClock wallClock) {}
