import type { AuditEntry } from "../../ports/store.ts";
import { isShown, readAsIt, type ReadByIt } from "./it-channel.ts";
import { type MacSide, recordOnDisk } from "./mac-side.ts";
import type { ToBeTold } from "./noticed.ts";
import type { SimWorld } from "./sim-world.ts";
import { type Message, messageOf } from "./told-of.ts";

/** A Mac may cause so many messages in the thread of one request, and so many an hour in the channel. */
const THREAD_CAP = 40;
const CHANNEL_CAP = 20;
const TRAIL_MAX = 10_000;
/** What somebody reports who has taken a Mac's key says nothing of what its agent noticed. */
const FORGED = "forged";

/** The trails of all requests and Macs. */
type Trails = ReadonlyMap<string, readonly AuditEntry[]>;

/** "IT is told": what the Macs noticed was reported, what is on record as reported or raised stands in Slack. */
export async function checkTold(world: SimWorld): Promise<void> {
  const read = readAsIt(world);
  const trails = new Map<string, readonly AuditEntry[]>();
  for (const stream of world.durable.streams.keys())
    trails.set(stream, await world.lives.store().readAudit(stream, 0, TRAIL_MAX));
  for (const [stream, trail] of trails) for (const line of trail) checkLine(world, read, stream, line);
  for (const side of world.macs) {
    checkReports(world, trails, side);
    for (const toBeTold of side.noticed.toBeTold.values()) checkReported(world, trails, side, toBeTold);
  }
  checkChannel(world, read);
}

function checkLine(world: SimWorld, read: ReadByIt, stream: string, line: AuditEntry): void {
  const request = world.durable.requests.get(stream)?.request;
  const isOfRequest = request !== undefined;
  const message = messageOf(line, isOfRequest);
  if (message === undefined) return;
  const { law, name, key, words } = message;
  const isTold =
    isShown(read, `${stream}:${key}`, words) || isCapped(world, read, stream, message, isOfRequest);
  world.book.check(law, name, isTold, () => ({
    text: `${stream} ${line.type} ${JSON.stringify(line.data)} does not stand in Slack as ${key}`,
    ...(isOfRequest ? { requestId: stream, serial: request.ask.serial } : {}),
  }));
}

/** True where this Mac has used up its messages and IT was told so. */
function isCapped(
  { durable }: SimWorld,
  read: ReadByIt,
  stream: string,
  { instead }: Message,
  isOfRequest: boolean,
): boolean {
  if (instead === undefined || !isShown(read, `${stream}:${instead}`, ["more than"])) return false;
  const keys = [...(durable.streams.get(stream)?.effects.keys() ?? [])];
  const counted = isOfRequest ? /^thread:(report|log-contradiction):/ : /^report:/;
  return keys.filter((key) => counted.test(key)).length >= (isOfRequest ? THREAD_CAP : CHANNEL_CAP);
}

/** What stood on the agent's record reaches the service, unless the record was taken away, or the Mac's key was. */
function checkReports({ book }: SimWorld, trails: Trails, side: MacSide): void {
  const { serial } = side.cast;
  const owed = new Set(recordOnDisk(side.mac)?.outbox.map(({ call }) => call.reportId));
  const stored = new Set(reportsOf(trails, serial).map(({ reportId }) => reportId));
  for (const [reportId, { isLost, kind, items, requestId }] of side.noticed.reports) {
    if (isLost && !stored.has(reportId)) continue;
    if (owed.has(reportId) && side.isKeyTaken) continue;
    book.check("L9", "what a Mac has to report reaches the service", stored.has(reportId), () => ({
      text: `${kind} ${JSON.stringify(items)} was dropped`,
      serial,
      ...(requestId === undefined ? {} : { requestId }),
    }));
  }
}

/** Of what must not pass unnoticed the service has a report of this Mac; that it stands in Slack is another check. */
function checkReported({ book }: SimWorld, trails: Trails, side: MacSide, toBeTold: ToBeTold): void {
  const { law, name, since, kinds, requestId, names, instead, text } = toBeTold;
  const { serial } = side.cast;
  const isIt = (report: { readonly kind: string; readonly items: readonly string[] }) =>
    kinds.includes(report.kind) &&
    // That the rights are gone again is no word of that they were there.
    (names === "" ||
      (instead !== undefined && report.items.some((item) => item.includes(instead))) ||
      report.items.some((item) => item.includes(names) && !item.startsWith("no longer")));
  const isReported = reportsOf(trails, serial).some(
    (report) =>
      report.at >= since && (requestId === undefined || report.requestId === requestId) && isIt(report),
  );
  const owed = new Set(recordOnDisk(side.mac)?.outbox.map(({ call }) => call.reportId));
  const isOnlyOwed = [...side.noticed.reports].some(
    ([reportId, report]) =>
      isIt(report) &&
      (requestId === undefined || report.requestId === requestId) &&
      (report.isLost || (side.isKeyTaken && owed.has(reportId))),
  );
  if (!isReported && isOnlyOwed) return;
  book.check(law, name, isReported, () => ({
    text: `${text}, and no report of it is stored`,
    serial,
    ...(requestId === undefined ? {} : { requestId }),
  }));
}

/** A report as the service has stored it. */
interface StoredReport {
  readonly reportId: string;
  readonly requestId: string | undefined;
  readonly at: number;
  readonly kind: string;
  readonly items: readonly string[];
}

function reportsOf(trails: Trails, serial: string): readonly StoredReport[] {
  return [...trails].flatMap(([stream, trail]) =>
    trail.flatMap(({ type, actor, at, commandId, data }) => {
      if (type !== "reported" || actor.kind !== "mac" || actor.serial !== serial) return [];
      const { kind, items } = data as { readonly kind: string; readonly items: readonly string[] };
      if (items[0] === FORGED) return [];
      const requestId = stream === `mac:${serial}` ? undefined : stream;
      return [{ reportId: commandId, requestId, at, kind, items }];
    }),
  );
}

/** Law L7 for what is no request's: warnings of a Mac and questions about its enrolment. */
function checkChannel({ durable, extraPosts, book }: SimWorld, read: ReadByIt): void {
  for (const [stream, { effects, states, tries }] of durable.streams) {
    if (durable.requests.has(stream)) continue;
    [...effects.values()].forEach((effect, index) => {
      if (effect.type !== "warn_channel" && effect.type !== "ask_re_enrollment") return;
      const about = { serial: effect.serial };
      const position = String(index + 1);
      const isGivenUp = states.get(position) === "failed";
      book.check("L7", "no message is given up", !isGivenUp, () => ({ text: effect.key, ...about }));
      if (isGivenUp) return;
      const key = `${stream}:${effect.key}`;
      const count = read.get(key)?.length ?? 0;
      const known = count - (extraPosts.get(key) ?? 0);
      // It is not looked for before it is tried again, so each try may leave one; see docs/storage.md.
      const isRight = count >= 1 && known <= Math.max(1, tries.get(position) ?? 0);
      book.check("L7", "every message exactly once", isRight, () => ({
        text: `${key} stands ${count} times after ${tries.get(position)} tries`,
        ...about,
      }));
    });
  }
}
