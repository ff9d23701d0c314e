/**
 * What becomes of an answer between upstream and caller.
 *
 * <p>Comes in: a whole answer or the frames of a stream, as {@code upstream.dialect} normalised them; the request's placeholders; what the policy
 * says of links. Goes out: the same with placeholders given back and with links taken out or flagged (hazard A17). Holds back no
 * more of a text than what may still become a placeholder or a link. Never does: I/O, clocks, deciding.
 *
 * <p>An answer for which there is nothing to do never comes here.
 *
 * <p>Guarantees: a placeholder that the model repeats is given back exactly, wherever the stream was cut, and only this request's are
 * (RestoredStreamsTest); frames stay whole {@code data: {json}} frames (RestoredStreamsTest); hazard A17 (LinkFilterTest).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.reply;
