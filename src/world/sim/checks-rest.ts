import { isLogOwed } from "../../core/alarms.ts";
import { isOpen, isSession } from "../../core/request.ts";
import { HOUR_MS } from "../../core/time.ts";
import { isAble, isShutOut, type MacSide, recordOnDisk } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";
import { oursIn } from "./watched-iru.ts";

/** Something that is still to be done somewhere. */
export interface Unrest {
  readonly what: string;
  readonly requestId?: string;
  readonly serial?: string;
  /** A record or a key that is gone or broken: an agent that has nothing to do looks at it when it starts again. */
  readonly isUnnoticed?: boolean;
  /** It never comes to rest, and that is nobody's mistake. */
  readonly isExcused?: boolean;
}

/** What is left to be done anywhere; nothing when the whole installation has come to rest. */
export async function unrestIn(world: SimWorld): Promise<readonly Unrest[]> {
  const { durable, macs, iru, deviceIds, clock, lives } = world;
  const unrest: Unrest[] = [];
  for (const { request } of durable.requests.values()) {
    const { requestId, serial } = request.ask;
    if (isOpen(request)) unrest.push({ what: `a request is ${request.status}`, requestId, serial });
    else if (isSession(request) && isLogOwed(request))
      unrest.push({ what: "a log is owed", requestId, serial });
  }
  for (const side of macs) unrest.push(...unrestOn(world, side));
  for (const [serial, deviceId] of deviceIds) {
    const left = oursIn(iru.tagsOf(deviceId));
    if (left.length > 0) unrest.push({ what: `tags ${left.join(", ")}`, serial });
  }
  const waiting = await lives.store().listStreamsWithWork(clock.now() + HOUR_MS, 1);
  if (waiting.length > 0) unrest.push({ what: `the outbox of ${waiting.join(", ")} has work` });
  return unrest;
}

function unrestOn({ durable }: SimWorld, side: MacSide): readonly Unrest[] {
  const { mac, cast } = side;
  const { serial } = cast;
  const { isEnrolled, isPrivilegesUnlocked } = mac.condition();
  const here = (is: boolean, what: string): readonly Unrest[] => (is ? [{ what, serial }] : []);
  const unnoticed = (is: boolean, what: string): readonly Unrest[] =>
    is ? [{ what, serial, isUnnoticed: true }] : [];
  const able = [
    ...unnoticed(!isEnrolled, "a Mac is not enrolled"),
    ...here(!isAble(side), "an agent cannot act"),
    ...here(isPrivilegesUnlocked, "SAP Privileges is open"),
  ];
  const isHeard = !isEnrolled || side.configuredAtStart === mac.agentStarts();
  const record = recordOnDisk(mac);
  if (record === undefined) return [...able, ...unnoticed(true, "a record is not readable")];
  const { requests, outbox, restartDue, session } = record;
  // Whose key is good no longer is not heard, and so waits with all that it has to say.
  const isExcused = isShutOut(side, durable.macs.get(serial));
  const owed = [
    ...here(requests.length > 0, "requests on a Mac"),
    ...here(outbox.length > 0, "calls that a Mac owes"),
    ...here(restartDue, "an agent has to start afresh"),
    ...here(session !== undefined, `a session is ${session?.phase}`),
    ...here(!isHeard, "an agent has not heard what its Mac should be"),
  ];
  return [...able, ...owed.map((one) => ({ ...one, isExcused }))];
}

/** Law L7: within the time that is given everything has come to rest, on every Mac, in the service and in Iru. */
export async function checkRest(world: SimWorld): Promise<void> {
  const unrest = (await unrestIn(world)).filter(({ isExcused }) => isExcused !== true);
  const [first] = unrest;
  world.book.check("L7", "everything comes to rest", first === undefined, () => ({
    text: unrest.map(({ what, serial }) => (serial === undefined ? what : `${what} (${serial})`)).join(", "),
    ...(first?.serial === undefined ? {} : { serial: first.serial }),
    ...(first?.requestId === undefined ? {} : { requestId: first.requestId }),
  }));
}
