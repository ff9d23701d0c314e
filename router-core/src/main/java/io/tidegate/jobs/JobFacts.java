package io.tidegate.jobs;

import io.tidegate.model.Caller;
import io.tidegate.model.Sensitivity;

/**
 * Whose a job is.
 *
 * @param caller whose policy holds for every line
 * @param declared the sensitivity that was stated for the job or for its file; can only raise
 */
public record JobFacts(String id, Caller caller, Sensitivity declared) {}
