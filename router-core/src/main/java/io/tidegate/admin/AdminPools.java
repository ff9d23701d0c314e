package io.tidegate.admin;

import java.util.concurrent.Executor;

/**
 * Where answers are made; all bounded. When one is full, what it is for is answered with 503.
 *
 * @param quick readiness, metrics: waits for no file. Liveness waits for none of these pools
 * @param slow what may take minutes: explanations, purges, reloads
 * @param page the web page's documents and stream, which read files, too
 */
public record AdminPools(Executor quick, Executor slow, Executor page) {}
