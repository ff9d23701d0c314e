package io.tidegate.model;

/** Where an upstream stands. Taken from configuration only, never from discovery (hazard A14). */
public enum Zone { PRIVATE, PUBLIC }
