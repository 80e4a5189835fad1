import type { SessionRequest } from "../../core/request.ts";
import { isShutOut, type MacSide } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";

/**
 * Law L5: that people may close a session unverified excuses no Mac from its proof, which counts also when it comes
 * after that; so it is with an attempt that somebody forged with its key, or that its agent had given up before the
 * service, which was asked late, said yes. There is none only of a Mac that was wiped since, with all that it knew, or
 * was enrolled anew, which an approver has to allow, and of one whose key somebody else has replaced: it is not heard
 * any more. A record that was lost prevents no proof: the service tells the next agent which session it has to end, also
 * after people have closed it.
 */
export function checkProof({ durable, book }: SimWorld, side: MacSide, request: SessionRequest): void {
  if (request.status !== "ended") return;
  const { requestId, serial } = request.ask;
  const isWiped = side.wipedAt !== undefined && side.wipedAt >= request.arming.armedAt;
  const stored = durable.macs.get(serial);
  const isNew = stored !== undefined && stored.enrolledAt >= request.arming.armedAt;
  const isProvable = !isWiped && !isNew && !isShutOut(side, stored);
  const isProven = request.proof.state !== "closed_unverified" || !isProvable;
  book.check("L5", "what was closed unverified is proven later", isProven, () => ({
    text: `closed at ${request.endedAt} by somebody, and the Mac never said that the rights are gone`,
    requestId,
    serial,
  }));
}
