/**
 * Where requests wait for a permit, who goes next, and who is turned away.
 *
 * <p>Comes in: requests that met no free place, places given back, time from the loop. Goes out: one wake-up for each request, with the reason. The
 * room is confined to one loop; offers, withdrawals and news of freed places may come from any and are sent there. It starts no work for a request
 * that nobody waits for any more. Never does: block, lock, choose an upstream (it says only that there is room where the request may go).
 *
 * <p>Guarantees: G8 and R7.4, R7.5, R7.8: {@code WaitingRoomTest}, {@code OverloadTest}.
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.admission.queue;
