import type { z } from "zod";
import {
  armAnswer,
  enrollAnswer,
  logAnswer,
  macAnswer,
  problem,
  removedAnswer,
  requestAnswer,
  startAnswer,
  statusAnswer,
} from "../wire/device.ts";
import type { Call, CallName, Calls, Outcome } from "./core/calls.ts";
import type { KeyRing } from "./key-ring.ts";
import type { MachineClock } from "./ports.ts";

/** The service as the agent calls it. */
export interface WireClient {
  /**
   * One try of one call. Never rejects: whatever goes wrong is an outcome. Only what is surely the service's own (the
   * contract's JSON, or problem+json) counts as its answer; redirects are not followed.
   */
  call<N extends CallName>(
    call: Extract<Call, { name: N }>,
    limitSeconds: number,
  ): Promise<Outcome<Calls[N]["answer"]>>;
  /** The status of a plain GET to the network probe, null without an answer in time. */
  probe(url: string, limitSeconds: number): Promise<number | null>;
}

/** Where the service is, and who calls. */
export interface WireOptions {
  /** Without a slash at the end. */
  readonly serviceUrl: string;
  readonly serial: string;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Pick<MachineClock, "sleep">;
  readonly keys: KeyRing;
}

interface Sent {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const PATHS: Readonly<Record<CallName, string>> = {
  enroll: "/enroll",
  mac: "/mac",
  request: "/request",
  status: "/status",
  cancel: "/cancel",
  arm: "/arm",
  start: "/start",
  beat: "/beat",
  end: "/end",
  networkLoss: "/revoke-network-loss",
  removed: "/removed",
  log: "/log",
  report: "/report",
};

const ANSWERS: Readonly<Partial<Record<CallName, z.ZodType>>> = {
  enroll: enrollAnswer,
  mac: macAnswer,
  request: requestAnswer,
  status: statusAnswer,
  arm: armAnswer,
  start: startAnswer,
  beat: statusAnswer,
  removed: removedAnswer,
  log: logAnswer,
};

/** Makes the client for the service's wire contract (design section 5). */
export function createWireClient(options: WireOptions): WireClient {
  return {
    async call(call, limitSeconds) {
      const sent = await sendWithKey(options, call, limitSeconds).catch(() => undefined);
      if (sent === undefined) return { came: "silent", why: "the keychain could not be read" };
      const { key, outcome } = sent;
      const isStored = await options.keys.noteOutcome(call.name, key, outcome);
      if (!isStored && call.name === "enroll") return { came: "silent", why: "the key could not be stored" };
      if (isNo(outcome) && key !== (await options.keys.forNextCall())) {
        return { came: "silent", why: "the key was renewed while the call was under way" };
      }
      const holdsKey = outcome.came === "answer" && (call.name === "enroll" || call.name === "removed");
      return holdsKey ? { came: "answer", answer: {} } : outcome;
    },
    async probe(url, limitSeconds) {
      const response = await limited(options, limitSeconds, async (signal) => {
        const answer = await options.fetch(url, { redirect: "manual", signal });
        await answer.arrayBuffer();
        return answer.status;
      });
      return typeof response === "number" ? response : null;
    },
  };
}

/** The service does not take the key. */
function isNo(outcome: Outcome<unknown>): boolean {
  return outcome.came === "refused" && outcome.status === 401;
}

async function sendWithKey(options: WireOptions, call: Call, limitSeconds: number) {
  const key = await options.keys.forNextCall();
  return { key, outcome: await send(options, call, key, limitSeconds) };
}

async function send(
  options: WireOptions,
  call: Call,
  key: string | undefined,
  limitSeconds: number,
): Promise<Outcome<unknown>> {
  const { method, path, headers, body } = await request(options, call);
  const outcome = await limited(options, limitSeconds, async (signal) => {
    const response = await options.fetch(`${options.serviceUrl}${path}`, {
      method,
      redirect: "manual",
      signal,
      headers: {
        ...headers,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "x-api-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return readOutcome(call.name, response, await response.text());
  });
  return outcome ?? { came: "silent", why: `no answer within ${limitSeconds} s` };
}

async function request({ serial, keys }: WireOptions, call: Call): Promise<Sent> {
  const path = PATHS[call.name];
  switch (call.name) {
    case "mac":
      return { method: "GET", path: `${path}?serial=${serial}` };
    case "status": {
      const query = new URLSearchParams({ requestId: call.requestId, serial });
      if (call.since !== undefined) query.set("since", String(call.since));
      if (call.wait !== undefined) query.set("wait", String(call.wait));
      return { method: "GET", path: `${path}?${query.toString()}` };
    }
    case "enroll":
      return {
        method: "POST",
        path,
        headers: { "x-enrollment-token": await keys.enrollmentToken() },
        body: { serial },
      };
    case "request":
      return {
        method: "POST",
        path,
        headers: { "idempotency-key": call.idempotencyKey },
        body: { serial, ...call.body },
      };
    default: {
      const { name: _name, ...body } = call;
      return { method: "POST", path, body: { serial, ...body } };
    }
  }
}

/** Runs `work` with a time limit; undefined when it was over, and for every failure of the transport. */
async function limited<T>(
  { clock }: WireOptions,
  limitSeconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | Outcome<never> | undefined> {
  const call = new AbortController();
  const timer = new AbortController();
  const late = clock.sleep(limitSeconds * 1000, timer.signal).then(() => {
    // A reason of its own: making the usual one costs more than the call.
    call.abort("late");
    return undefined;
  });
  const done = work(call.signal).catch((error: unknown): Outcome<never> => {
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : "";
    return { came: "silent", why: `${error instanceof Error ? error.message : String(error)}${cause}` };
  });
  try {
    return await Promise.race([done, late]);
  } finally {
    timer.abort("over");
  }
}

/** Sorts an HTTP answer: the service's own word, or nothing that is surely from it. */
function readOutcome(name: CallName, { status, headers }: Response, text: string): Outcome<unknown> {
  const type = headers.get("content-type");
  const silent = (why: string): Outcome<never> => ({ came: "silent", why: `${why} (HTTP ${status})` });
  const body = parseJson(text);
  if (status === 200 || status === 201) {
    if (body === undefined) return silent("not the service's answer");
    const read = ANSWERS[name]?.safeParse(body);
    if (read === undefined) return { came: "answer", answer: body };
    return read.success ? { came: "answer", answer: read.data } : silent("not the contract's answer");
  }
  if (status < 400 || !(type ?? "").startsWith("application/problem+json"))
    return silent("not the service's answer");
  const read = problem.safeParse(body);
  if (!read.success || read.data.status !== status) return silent("not the service's answer");
  const { detail, requestId, seq, previousHash } = read.data;
  if (status === 429 || status >= 500) return { came: "failing", status, detail, ...wishIn(headers) };
  return {
    came: "refused",
    status,
    detail,
    ...(requestId === undefined ? {} : { requestId }),
    ...(seq === undefined ? {} : { seq }),
    ...(previousHash === undefined ? {} : { previousHash }),
  };
}

/** `Retry-After` in seconds, as the service writes it; a date, or anything else, is no wish of its own. */
function wishIn(headers: Headers): { readonly retryAfterSeconds?: number } {
  const text = headers.get("retry-after") ?? "";
  return /^\d{1,6}$/.test(text) ? { retryAfterSeconds: Number(text) } : {};
}

/** The JSON object in a text; undefined for anything else. */
function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
