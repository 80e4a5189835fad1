import { SECOND_MS } from "../../core/time.ts";
import { isOpen } from "../../core/request.ts";
import { BODY_MAX_BYTES } from "../../wire/device.ts";
import { WORLD_SECRETS } from "../cast.ts";
import type { Random } from "../random.ts";
import type { MacSide } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";

/** Forged calls that the service turns away before it looks at any request, as they are counted. */
export const EDGE_FORGERIES = ["malformed", "too_large", "used_key", "enroll_unknown", "many_calls"] as const;

/** Sends a call past all faults; the status of the answer, or undefined where none came. */
export type Send = (
  world: SimWorld,
  key: string | undefined,
  path: string,
  body: object,
  more?: Readonly<Record<string, string>>,
) => Promise<number | undefined>;

/** More calls in one moment than a Mac may make, also where a slow store stretches the moment to two seconds. */
const MANY_CALLS = 80;
const UNKNOWN_SERIAL = "C02NOBODY001";
const NO_REQUEST = "00000000-0000-4000-8000-000000000000";

/** What somebody does who has a Mac's key, and a request of that Mac where there is one. */
export function edgeCalls(
  world: SimWorld,
  side: MacSide,
  requestId: string,
  send: Send,
): Readonly<Record<(typeof EDGE_FORGERIES)[number], () => void>> {
  const { serial } = side.cast;
  return {
    malformed: () => void send(world, side.key, "/end", { serial, requestId: "none" }),
    too_large: () =>
      void send(world, side.key, "/end", { serial, requestId, more: "x".repeat(BODY_MAX_BYTES) }),
    used_key: () => void askWithUsedKey(world, side, requestId, send),
    enroll_unknown: () =>
      void send(
        world,
        undefined,
        "/enroll",
        { serial: UNKNOWN_SERIAL },
        {
          "x-enrollment-token": WORLD_SECRETS.enrollmentToken,
        },
      ),
    many_calls: () => void callTooOften(world, side, send),
  };
}

/** Law L7: the key of one submission makes no other, and is not taken for it. */
async function askWithUsedKey(world: SimWorld, side: MacSide, requestId: string, send: Send): Promise<void> {
  const { durable, book } = world;
  const { serial } = side.cast;
  const ask = durable.requests.get(requestId)?.request.ask;
  const key = durable.submissions.get(requestId);
  if (ask?.serial !== serial || key === undefined) return;
  const { requestId: _id, requestedAt: _at, ...body } = ask;
  const other = { ...body, reason: `${body.reason.slice(0, 100)}, and more` };
  const status = await send(world, side.key, "/request", other, { "idempotency-key": key });
  if (status === undefined || status >= 500) return;
  book.check("L7", "a used key takes no other submission", status >= 400, () => ({
    text: `answered ${status}`,
    requestId,
    serial,
  }));
}

/** Law L9: a Mac that calls too often is turned away, so that it takes nothing from the others. */
async function callTooOften(world: SimWorld, side: MacSide, send: Send): Promise<void> {
  const { clock, book, plan } = world;
  const { serial } = side.cast;
  const from = clock.now();
  // Each process of the service counts by itself.
  if (plan.weights.second_process > 0) return;
  const calls = Array.from({ length: MANY_CALLS }, () =>
    send(world, side.key, "/end", { serial, requestId: NO_REQUEST }),
  );
  const answers = await Promise.all(calls);
  const isHeard = answers.every((status) => status === 404 || status === 429);
  if (!isHeard || clock.now() - from > 2 * SECOND_MS) return;
  book.check("L9", "a Mac that calls too often is turned away", answers.includes(429), () => ({
    text: `${MANY_CALLS} calls at once were let in`,
    serial,
  }));
}

/** More than may be open on one Mac, and more than one may ask for in an hour. */
const OPEN_TRIED = 22;
const ASKED_TRIED = 64;
const ASK_EVERY_MS = 300;
const CANCEL_EVERY_MS = 500;

/** Asks for rights again and again in the names of people whom nobody knows, once in a world; or asks and cancels. */
export function floodWithRequests(world: SimWorld, side: MacSide, random: Random, send: Send): void {
  const { clock, book } = world;
  if (book.counts.has("flood of_requests") || world.faults.isHealed()) return;
  book.count("flood of_requests");
  const staysOpen = random.chance(0.5);
  const from = clock.now();
  const everyMs = staysOpen ? ASK_EVERY_MS : CANCEL_EVERY_MS;
  for (let index = 0; index < (staysOpen ? OPEN_TRIED : ASKED_TRIED); index += 1) {
    clock.at(from + index * everyMs, () => void askAsNobody(world, side, index, send));
    if (!staysOpen) clock.at(from + (index + 0.5) * everyMs, () => cancelOfNobody(world, side, index, send));
  }
}

const nameOf = (index: number) => `nobody${index}`;

function askAsNobody(world: SimWorld, side: MacSide, index: number, send: Send): Promise<number | undefined> {
  const { serial, hostname } = side.cast;
  const body = {
    serial,
    hostname,
    username: nameOf(index),
    uid: 700 + index,
    generatedUid: `6F1C0B52-1D3A-4E6B-9C0D-00000000${String(7_000 + index)}`,
    reason: "flood",
    category: "other",
    durationMinutes: 5,
  };
  return send(world, side.key, "/request", body, { "idempotency-key": `flood-${serial}-${index}` });
}

function cancelOfNobody(world: SimWorld, side: MacSide, index: number, send: Send): void {
  const { serial } = side.cast;
  for (const { request } of world.durable.requests.values()) {
    if (request.ask.username !== nameOf(index) || !isOpen(request)) continue;
    void send(world, side.key, "/cancel", { serial, requestId: request.ask.requestId });
  }
}
