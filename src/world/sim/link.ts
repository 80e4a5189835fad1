import type { Faults } from "./faults.ts";
import type { FaultName } from "./plan.ts";
import type { SimClock } from "./sim-clock.ts";

export type LinkName = "mac" | "slack" | "iru" | "click";

/** One direction in which the parts of the world call each other. */
export interface Link {
  readonly name: LinkName;
  readonly clock: SimClock;
  readonly faults: Faults;
  /** What one way takes, in ms, from–to. */
  readonly latencyMs: readonly [number, number];
  /**
   * Hands a request to whom it is for. `isExtra` when the sender cannot know of it: a double, or one that arrives
   * after the sender gave up.
   */
  readonly deliver: (request: Request, isExtra: boolean) => Promise<Response>;
  /** Requests that must not arrive after their sender gave up; see docs/simulation.md. */
  readonly isFenced?: (request: Request) => boolean;
}

/** The faults that every link has; those of `STATUSES` and `SILENT` only some have. */
const COMMON: Readonly<
  Record<LinkName, Readonly<Record<"lost" | "answer" | "doubled" | "delayed" | "late", FaultName>>>
> = {
  mac: {
    lost: "mac_request_lost",
    answer: "mac_answer_lost",
    doubled: "mac_doubled",
    delayed: "mac_delayed",
    late: "mac_answer_late",
  },
  slack: {
    lost: "slack_request_lost",
    answer: "slack_answer_lost",
    doubled: "slack_doubled",
    delayed: "slack_delayed",
    late: "slack_answer_late",
  },
  iru: {
    lost: "iru_request_lost",
    answer: "iru_answer_lost",
    doubled: "iru_doubled",
    delayed: "iru_delayed",
    late: "iru_answer_late",
  },
  click: {
    lost: "click_lost",
    answer: "click_answer_lost",
    doubled: "click_doubled",
    delayed: "click_delayed",
    late: "click_answer_late",
  },
};

const STATUSES: Readonly<Partial<Record<LinkName, readonly (readonly [FaultName, readonly number[]])[]>>> = {
  mac: [["mac_gateway_error", [502, 503, 504]]],
  slack: [
    ["slack_429", [429]],
    ["slack_5xx", [500, 503]],
    ["slack_4xx", [403, 404]],
  ],
  iru: [
    ["iru_429", [429]],
    ["iru_5xx", [500, 502, 504]],
    ["iru_4xx", [400, 401, 403]],
  ],
};

const SETUP_ERRORS = [
  "token_revoked",
  "invalid_auth",
  "not_in_channel",
  "channel_not_found",
  "missing_scope",
];

const SILENT: Readonly<Partial<Record<LinkName, FaultName>>> = { slack: "slack_silent", iru: "iru_silent" };

/** Longer than anybody waits for an answer. */
const DELAY_MS = 30_000;
const DOUBLE_AFTER_MS = 3_000;
const RETRY_AFTER_SECONDS = 40;

/** As the platform's; `isGone` says whether the sender's process has died meanwhile. */
export type LinkFetch = (
  url: string | URL | Request,
  init?: RequestInit,
  isGone?: () => boolean,
) => Promise<Response>;

/** A fetch over a link on which messages are lost, doubled, delayed and so overtake each other. */
export function faultyFetch(link: Link): LinkFetch {
  const { name, clock, faults } = link;
  const names = COMMON[name];
  return async (url, init, isGone = () => false) => {
    const request = new Request(url, withLength(init));
    const signal = init?.signal ?? undefined;
    await clock.sleep(latency(link));
    if (faults.happens(names.lost)) return faults.random.chance(0.5) ? never(signal) : broken("ECONNREFUSED");
    if (faults.happens(names.doubled)) void again(link, request.clone());
    if (faults.happens(names.delayed)) await clock.sleep(faults.random.integer(100, DELAY_MS));
    const silent = SILENT[name];
    if (silent !== undefined && faults.happens(silent)) return never(signal);
    const isFromNobody = signal?.aborted === true || isGone();
    if (isFromNobody && link.isFenced?.(request) === true) return broken("ECONNRESET");
    const answer =
      refusal(link) ?? setupRefusal(link, request) ?? (await link.deliver(request, isFromNobody));
    await clock.sleep(latency(link));
    if (faults.happens(names.late)) {
      // Others that were sent later are answered meanwhile.
      await clock.sleep(faults.random.integer(100, DELAY_MS), signal);
      if (signal?.aborted === true) return never(signal);
    }
    if (!faults.happens(names.answer)) return answer;
    if (faults.random.chance(0.4)) return never(signal);
    return faults.random.chance(0.5) ? broken("ECONNRESET") : new Response("gateway", { status: 502 });
  };
}

/** Says how long the body is, as every HTTP client does where it knows. */
function withLength(init: RequestInit | undefined): RequestInit | undefined {
  if (typeof init?.body !== "string") return init;
  const headers = new Headers(init.headers);
  headers.set("content-length", String(Buffer.byteLength(init.body)));
  return { ...init, headers };
}

function latency({ faults, latencyMs: [from, to] }: Link): number {
  return faults.random.integer(from, to);
}

async function again(link: Link, request: Request): Promise<void> {
  const { clock, faults } = link;
  // A fenced request comes twice in a row, as a repeated segment does, never behind a later one.
  if (link.isFenced?.(request) !== true) await clock.sleep(faults.random.integer(0, DOUBLE_AFTER_MS));
  await link.deliver(request, true).catch(() => undefined);
}

/** An answer that the other side gives without having done anything. */
function refusal({ name, faults }: Link): Response | undefined {
  for (const [fault, statuses] of STATUSES[name] ?? []) {
    if (!faults.happens(fault)) continue;
    const status = faults.random.pick(statuses);
    const headers: Record<string, string> =
      status === 429 ? { "retry-after": String(faults.random.integer(1, RETRY_AFTER_SECONDS)) } : {};
    return new Response("try again", { status, headers });
  }
  return undefined;
}

/** Slack says within a 200 that the installation is not allowed what it asks for. */
function setupRefusal({ name, faults }: Link, request: Request): Response | undefined {
  const isSlackCall = name === "slack" && new URL(request.url).pathname.startsWith("/api/");
  if (!isSlackCall || !faults.happens("slack_refuses")) return undefined;
  return Response.json({ ok: false, error: faults.random.pick(SETUP_ERRORS) });
}

async function broken(code: string): Promise<never> {
  throw new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
}

/** No answer: rejects when the caller gives up. */
function never(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = () => reject(new TypeError("fetch failed", { cause: new Error("aborted") }));
    if (signal?.aborted === true) give();
    else signal?.addEventListener("abort", give, { once: true });
  });
}
