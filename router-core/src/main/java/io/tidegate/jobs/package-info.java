/**
 * Jobs in the shape of OpenAI's Batch (R2.7): files of lines that are asked one by one when there is room, within a day.
 *
 * <p>Comes in: uploads, questions about files and batches, answers to lines. Goes out: lines to ask, one at a time, in the order in which prompts that
 * begin alike stand together (R2.6); files of answers. Guarantees: a line counts when its record is on the disk, so that none is lost and none
 * stands twice in the files of answers, whatever is cut short ({@code JobServiceTest}, {@code JournalCutTest}); a tenant sees its own files and batches only (G4).
 * Never does: decide where a line may go; that is done anew for each line, when it is asked. Knows the disk, the model side and the time as ports.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.jobs;
