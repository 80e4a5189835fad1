import { openSqliteStore } from "../../../src/adapters/sqlite/store.ts";
import { ALLOW_RE_ENROLLMENT_ACTION_ID } from "../../../src/adapters/slack/actions.ts";
import { shortId } from "../../../src/core/ids.ts";
import type { AccessRequest } from "../../../src/core/request.ts";
import { DAY_MS, MINUTE_MS } from "../../../src/core/time.ts";
import { verifyAuditChain } from "../../../src/ports/audit-chain.ts";
import type { Store } from "../../../src/ports/store.ts";
import { ANNAS_MAC, PEOPLE } from "../../../src/world/cast.ts";
import { renderBlocks, renderMrkdwn } from "../../../src/world/slack/plain-text.ts";
import type { SlackPost } from "../../../src/world/slack/state.ts";
import type { Stage } from "./stage.ts";

/**
 * Everything that has to be the same whether or not the service was killed on the way, as plain text and numbers.
 * Times, ids made by chance and what docs/storage.md lets double are taken out.
 */
export interface Outcome {
  readonly request: Readonly<Record<string, unknown>>;
  readonly roots: readonly string[];
  readonly thread: readonly string[];
  readonly directs: Readonly<Record<string, readonly string[]>>;
  /** Private answers and PINs may double: only which there were. */
  readonly privates: readonly string[];
  readonly tags: readonly string[];
  readonly commands: readonly string[];
  readonly trail: readonly string[];
  /** What may never be, killed or not. */
  readonly faults: readonly string[];
}

const silent = { info() {}, warn() {}, error() {} };
const PAGE = 1_000;

/** Reads what is left of a story whose service has stopped. */
export async function readOutcome(stage: Stage, requestId: string): Promise<Outcome> {
  const store = openSqliteStore({ file: stage.file, log: silent });
  try {
    const stored = await store.loadRequest(requestId);
    const plain = plainText(requestId);
    const cards = stage.slack.cards().filter(({ ts }) => !isReEnrolmentQuestion(stage, ts));
    return {
      request: stored === undefined ? {} : essenceOf(stored.request),
      roots: cards.map(plain),
      thread: cards.flatMap(({ ts }) => stage.slack.thread(ts)).map(plain),
      directs: Object.fromEntries(
        Object.values(PEOPLE).map(({ id, name }) => [name, stage.slack.directs(id).map(plain)]),
      ),
      privates: privatesOf(stage, requestId),
      tags: stage.iru.tagsOf(stage.deviceId),
      commands: stage.iru.commandsOf(stage.deviceId).map(({ type }) => type),
      trail: (await store.readAudit(requestId, 0, PAGE)).map(
        ({ type, actor }) => `${type} ${Object.values(actor).join(" ")}`,
      ),
      faults: await faultsOf(stage, store, requestId),
    };
  } finally {
    await store.close();
  }
}

function isReEnrolmentQuestion(stage: Stage, ts: string): boolean {
  return stage.slack.buttons(ts).some(({ actionId }) => actionId === ALLOW_RE_ENROLLMENT_ACTION_ID);
}

/** A request without its times. */
function essenceOf(request: AccessRequest): Readonly<Record<string, unknown>> {
  const granted = "grant" in request ? request.grant : undefined;
  return {
    status: request.status,
    identity: request.identity,
    ...("approval" in request
      ? { approvedBy: request.approval?.by, approvedMinutes: request.approval?.minutes }
      : {}),
    ...("denial" in request ? { deniedBy: request.denial.by, why: request.denial.reason } : {}),
    ...("cancellation" in request ? { cancelledBy: request.cancellation.by } : {}),
    ...(granted === undefined
      ? {}
      : { sessionMinutes: (granted.endsAt - granted.startedAt) / MINUTE_MS, warned: granted.warned }),
    ...("ending" in request
      ? {
          endReason: request.ending.reason,
          endedBy: request.ending.by,
          lockConfirmed: request.ending.lock?.confirmed,
          proof: request.proof.state,
        }
      : {}),
    ...("log" in request ? { log: { ...request.log, at: 0, since: 0 } } : {}),
  };
}

/** A message as people read it, its file below it. */
function plainText(requestId: string): (post: SlackPost) => string {
  return ({ content, files }) => {
    const lines =
      content.blocks.length === 0
        ? [renderMrkdwn(content.text, WORDING)]
        : renderBlocks(content.blocks, WORDING);
    const attached = files.map(({ name, text }) => `(file ${name})\n${text}`);
    return withoutChance([...lines, ...attached].join("\n"), requestId);
  };
}

const WORDING = { userName: (userId: string) => userId, time: () => "TIME" };

function withoutChance(text: string, requestId: string): string {
  if (requestId === "") return text;
  return text
    .replaceAll(requestId, "REQUEST")
    .replaceAll(shortId(requestId), "REQUEST")
    .replace(/PIN: \d+/g, "PIN: PIN");
}

/** A second enrolment is needed only when the key of the first was lost. */
const ABOUT_ENROLMENT = /may (already )?enrol/;

function privatesOf(stage: Stage, requestId: string): readonly string[] {
  const shown = Object.values(PEOPLE).flatMap(({ id, name }) =>
    stage.slack.privates(id).map(({ content, through }) => {
      const text = content.blocks.length === 0 ? [content.text] : renderBlocks(content.blocks, WORDING);
      return `${name} ${through}: ${withoutChance(text.join("\n"), requestId)}`;
    }),
  );
  return [...new Set(shown)].filter((text) => !ABOUT_ENROLMENT.test(text)).toSorted();
}

/** The outcome without what IT is told of failing effects, where a story lets it vary. */
export function withoutTrouble(outcome: Outcome): Outcome {
  return {
    ...outcome,
    thread: outcome.thread.filter((text) => !/^(Works again|\*Failed)/.test(text)),
    trail: outcome.trail.filter((line) => !/^effect_(failed|recovered) /.test(line)),
  };
}

const DECISIONS: ReadonlySet<string> = new Set(["approved", "denied", "expired_unanswered"]);

async function faultsOf(stage: Stage, store: Store, requestId: string): Promise<readonly string[]> {
  const faults: string[] = [];
  const macStream = `mac:${ANNAS_MAC.serial}`;
  for (const stream of [requestId, macStream]) {
    const trail = await store.readAudit(stream, 0, PAGE);
    const fault = verifyAuditChain(trail);
    if (fault !== undefined) faults.push(`the audit chain of ${stream}: ${JSON.stringify(fault)}`);
    const count = (name: string) => trail.filter(({ type }) => type === name).length;
    if (count("effect_failed") !== count("effect_recovered"))
      faults.push("not every trouble is said to be over");
    const decisions = trail.filter(({ type }) => DECISIONS.has(type)).length;
    if (decisions > 1) faults.push(`${decisions} decisions in ${stream}`);
    for (const { effect, attempts, problem } of await store.readOutbox(stream)) {
      faults.push(`still to be done: ${effect.key} (tried ${attempts} times) ${problem ?? ""}`.trimEnd());
    }
  }
  for (const stream of await store.listStreamsWithWork(stage.now() + DAY_MS, PAGE)) {
    faults.push(`there is work left in ${stream === requestId ? "the request" : stream}`);
  }
  const stored = await store.loadRequest(requestId);
  const card = await store.readCard(requestId);
  if (stored !== undefined && card?.renderedVersion !== stored.version) {
    faults.push(`the root message shows version ${card?.renderedVersion} of ${stored.version}`);
  }
  return faults;
}
