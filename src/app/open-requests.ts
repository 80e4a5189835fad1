import { mayHoldRights } from "../core/alarms.ts";
import { sessionGuardKey } from "../core/guards.ts";
import type { Serial } from "../core/ids.ts";
import { isSession } from "../core/request.ts";
import type { StoredRequest } from "../ports/store.ts";
import type { Service } from "./service.ts";

/**
 * The open requests of one Mac, oldest first, and with them a session that people closed without its proof. The session
 * is read by the key of the guard that it holds: listings may lag (src/ports/store.ts), and a Mac that is not told of its
 * session would not know whose rights to end. Nor may its tag be taken away meanwhile, or the Mac enrol again with its
 * session left open.
 */
export async function openRequestsOf(service: Service, serial: Serial): Promise<readonly StoredRequest[]> {
  const { store } = service;
  const listed = await store.listOpenBySerial(serial);
  const owner = await store.guardOwner(sessionGuardKey(serial));
  const session = owner === undefined ? undefined : await store.loadRequest(owner);
  // A session that is listed and no longer holds the guard is over.
  const others = listed.filter(({ request }) => request.ask.requestId !== owner && !isSession(request));
  if (session === undefined || !mayHoldRights(session.request)) return others;
  return [...others, session].toSorted(
    (left, right) => left.request.ask.requestedAt - right.request.ask.requestedAt,
  );
}
