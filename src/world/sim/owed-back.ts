import { type MacSide, sessionOnDisk } from "./mac-side.ts";

/**
 * Notes who of the administrators of before is owed these rights: whom an attack demoted while a session is on record,
 * whose end gives back what was there at its beginning. Whoever is demoted outside a session may have been so by IT
 * (law L16), and nobody gives anything back. To be called before `missingBaseline` is brought up to date.
 */
export function noteOwedBack(side: MacSide, missing: readonly string[]): void {
  const { mac, isAttacked, missingBaseline, owedBack } = side;
  for (const guid of owedBack) if (!missing.includes(guid)) owedBack.delete(guid);
  if (!isAttacked || sessionOnDisk(mac) === undefined) return;
  for (const guid of missing) if (!missingBaseline.includes(guid)) owedBack.add(guid);
}

/**
 * Where the record of the session is lost and so is the key, the service closes the session with the new enrolment, and
 * nobody is left who knows what there was before it: an approver has allowed that.
 */
export function forgetOwedBack({ mac, owedBack }: MacSide, path: string, answer: Response): void {
  if (path === "/enroll" && answer.ok && sessionOnDisk(mac) === undefined) owedBack.clear();
}
