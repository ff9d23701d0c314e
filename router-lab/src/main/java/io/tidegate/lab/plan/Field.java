package io.tidegate.lab.plan;

/** One header field; names are lower case so that HTTP/1.1 and HTTP/2 send the same. */
public record Field(String name, String value) {}
