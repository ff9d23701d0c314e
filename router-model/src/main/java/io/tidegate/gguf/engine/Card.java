package io.tidegate.gguf.engine;

/**
 * What a model's file says of it.
 *
 * @param name by which callers ask for it
 * @param description architecture, size class and quantisation
 * @param fileBytes size of the file
 * @param parameters number of weights
 * @param trainedContext tokens it was trained to look back on
 * @param template whether the file brings a chat template
 */
public record Card(String name, String description, long fileBytes, long parameters, int trainedContext, int vocabulary, boolean template) {}
