package io.tidegate.gguf.serve;

import java.nio.file.Path;

/**
 * How to serve.
 *
 * @param socketMode permissions of the socket's file, such as {@code rw-rw----}
 * @param bodyBytes of one request
 * @param connections at a time; the next one is closed
 * @param inputs texts of one request for embeddings
 */
public record Settings(Path socket, String socketMode, int bodyBytes, int connections, int inputs, boolean embeddings) {}
