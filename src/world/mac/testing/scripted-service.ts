import { toIso } from "../../../agent/core/iso.ts";
import type { Ids } from "../../../ports/ids.ts";
import {
  armBody,
  beatBody,
  cancelBody,
  endBody,
  enrollBody,
  FIRST_HASH,
  logBody,
  type LogBody,
  type MacAnswer,
  macQuery,
  networkLossBody,
  removedBody,
  reportBody,
  type ReportBody,
  requestBody,
  startBody,
  statusQuery,
} from "../../../wire/device.ts";
import { chunkHash } from "../../../agent/core/log-chain.ts";
import type { VirtualClock } from "../../clock.ts";

/** One request as the scripted service keeps it. */
export interface ScriptedRequest {
  readonly requestId: string;
  readonly uid: number;
  readonly generatedUid: string;
  readonly username: string;
  status: MacAnswer["openRequests"][number]["status"];
  version: number;
  minutes?: 5 | 10 | 15 | 30;
  signal?: "pending" | "set" | "failed";
  armId?: string;
  endsAt?: number;
  endReason?: NonNullable<MacAnswer["session"]>["endReason"];
}

/** One call the Mac made, with its parsed body. */
export interface SeenCall {
  readonly at: number;
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
  readonly status: number;
}

/** How the scripted service misbehaves: a status to answer with (problem+json), or a whole answer of its own. */
export type Fault = (path: string) => Response | undefined;

type Answer = readonly [status: number, body: object];

const problem = (status: number, detail: string, more: object = {}): Answer => [
  status,
  { type: "about:blank", title: "No", status, detail, ...more },
];

/**
 * A service of a hundred lines that keeps to the wire contract and does what a test tells it: it checks every body
 * with the contract's own schemas and keeps all that it saw.
 */
export function createScriptedService(
  clock: VirtualClock,
  ids: Ids,
  config: Partial<MacAnswer["config"]> = {},
) {
  const requests = new Map<string, ScriptedRequest>();
  const calls: SeenCall[] = [];
  const reports: ReportBody[] = [];
  const chunks: LogBody[] = [];
  const waiters = new Set<() => void>();
  const keys: { current?: string; next?: string } = {};
  const state: { fault: Fault | undefined; mayEnroll: boolean } = { fault: undefined, mayEnroll: true };
  const macConfig = {
    delivery: "mdm" as const,
    grant: "privileges" as const,
    endProcesses: "kill" as const,
    longPoll: true,
    probeUrl: "http://captive.apple.com/hotspot-detect.html",
    ...config,
  };

  function change(request: ScriptedRequest, patch: Partial<ScriptedRequest>): void {
    Object.assign(request, patch, { version: request.version + 1 });
    for (const wake of waiters) wake();
  }

  function statusOf(request: ScriptedRequest) {
    const { version, status, minutes, signal, endsAt, endReason } = request;
    if (status === "active" && endsAt !== undefined && clock.now() >= endsAt) {
      change(request, { status: "ending", endReason: "expired" });
      return statusOf(request);
    }
    return {
      version,
      status,
      nextPollSeconds: 20,
      message: `It is ${status}.`,
      ...(minutes === undefined ? {} : { approvedMinutes: minutes }),
      ...(status === "approved" ? { signal: signal ?? "pending" } : {}),
      ...(endReason === undefined ? {} : { endReason }),
      ...(status === "active" && endsAt !== undefined
        ? { elevationEnd: toIso(endsAt), remainingSeconds: (endsAt - clock.now()) / 1000 }
        : {}),
    };
  }

  async function status(query: unknown): Promise<Answer> {
    const { requestId, since, wait } = statusQuery.parse(query);
    const request = requests.get(requestId);
    if (request === undefined) return problem(404, "no such request");
    const isNews = () => (since === undefined ? request.status !== "pending" : request.version !== since);
    if (wait !== undefined && !isNews()) {
      const stop = new AbortController();
      const wake = () => {
        if (isNews()) stop.abort();
      };
      waiters.add(wake);
      await clock.sleep(wait * 1000, stop.signal);
      waiters.delete(wake);
    }
    return [200, statusOf(request)];
  }

  const sessionOf = (requestId: string) => requests.get(requestId) as ScriptedRequest;

  const handlers: Record<string, (body: unknown) => Answer | Promise<Answer>> = {
    "/enroll": (body) => {
      enrollBody.parse(body);
      if (!state.mayEnroll) return problem(409, "this Mac is enrolled");
      keys.current = ids.secret();
      return [201, { deviceKey: keys.current }];
    },
    "/mac": (query) => {
      macQuery.parse(query);
      const open = [...requests.values()].filter(({ status: is }) =>
        ["pending", "approved", "arming", "active", "ending"].includes(is),
      );
      const session = open.find(({ armId }) => armId !== undefined);
      return [
        200,
        {
          config: macConfig,
          openRequests: open.map((request) => ({ ...request, ...statusOf(request) })),
          ...(session === undefined ? {} : { session }),
        },
      ];
    },
    "/request": (body) => {
      const { uid, generatedUid, username } = requestBody.parse(body);
      const requestId = ids.uuid();
      requests.set(requestId, { requestId, uid, generatedUid, username, status: "pending", version: 1 });
      return [201, { requestId, status: "pending" }];
    },
    "/status": status,
    "/cancel": (body) => {
      change(sessionOf(cancelBody.parse(body).requestId), { status: "cancelled" });
      return [200, {}];
    },
    "/arm": (body) => {
      const { requestId, armId, uid, generatedUid } = armBody.parse(body);
      const request = sessionOf(requestId);
      if (request.uid !== uid || request.generatedUid !== generatedUid) return problem(403, "wrong person");
      if (request.armId !== armId && request.status !== "approved") return problem(409, "not approved");
      if (request.status === "approved") change(request, { status: "arming", armId });
      return [200, { approvedMinutes: request.minutes, confirmBy: toIso(clock.now() + 120_000) }];
    },
    "/start": (body) => {
      const { requestId, armId } = startBody.parse(body);
      const request = sessionOf(requestId);
      if (request.armId !== armId) return problem(409, "not arming");
      if (request.status === "arming") {
        change(request, { status: "active", endsAt: clock.now() + (request.minutes ?? 0) * 60_000 });
      }
      if (request.status !== "active") return problem(409, "not arming");
      const endsAt = request.endsAt as number;
      return [200, { elevationEnd: toIso(endsAt), remainingSeconds: (endsAt - clock.now()) / 1000 }];
    },
    "/beat": (body) => [200, statusOf(sessionOf(beatBody.parse(body).requestId))],
    "/end": (body) => {
      change(sessionOf(endBody.parse(body).requestId), { status: "ending", endReason: "ended_by_user" });
      return [200, {}];
    },
    "/revoke-network-loss": (body) => {
      change(sessionOf(networkLossBody.parse(body).requestId), {
        status: "ending",
        endReason: "network_loss",
      });
      return [200, {}];
    },
    "/removed": (body) => {
      const { requestId, reason } = removedBody.parse(body);
      const request = sessionOf(requestId);
      if (request.status !== "ended") {
        change(request, { status: "ended", endReason: request.endReason ?? reason });
        keys.next = ids.secret();
      }
      return [200, keys.next === undefined ? {} : { nextKey: keys.next }];
    },
    "/log": (body) => {
      const chunk = logBody.parse(body);
      const seq = chunks.length;
      const last = chunks.at(-1);
      const previousHash = last === undefined ? FIRST_HASH : chunkHash(last.previousHash, last.lines);
      if (chunk.seq !== seq || chunk.previousHash !== previousHash) {
        return problem(409, "another chunk is expected", { seq, previousHash });
      }
      chunks.push(chunk);
      return [200, { nextSeq: seq + 1, hash: chunkHash(previousHash, chunk.lines) }];
    },
    "/report": (body) => {
      reports.push(reportBody.parse(body));
      return [200, {}];
    },
  };

  async function handle(httpRequest: Request): Promise<Response> {
    const url = new URL(httpRequest.url);
    const key = httpRequest.headers.get("x-api-key");
    const faulty = state.fault?.(url.pathname);
    if (faulty !== undefined) return faulty;
    const body =
      httpRequest.method === "GET" ? Object.fromEntries(url.searchParams) : await httpRequest.json();
    const isKnown = key !== null && (key === keys.current || key === keys.next);
    const [code, answer] =
      isKnown || url.pathname === "/enroll"
        ? await (handlers[url.pathname]?.(body) ?? problem(404, "no such call"))
        : problem(401, "unknown key");
    if (key !== null && key === keys.next && code !== 401) {
      keys.current = key;
      delete keys.next;
    }
    calls.push({ at: clock.now(), path: url.pathname, key, body, status: code });
    const type = code < 400 ? "application/json" : "application/problem+json";
    return new Response(JSON.stringify(answer), { status: code, headers: { "content-type": type } });
  }

  return {
    handle,
    requests,
    calls,
    reports,
    chunks,
    keys,
    /** Every line of the log, in order. */
    logLines: () => chunks.flatMap(({ lines }) => lines),
    seen: (path: string) => calls.filter((call) => call.path === path),
    /** Approves the newest pending request; the tag is set at once. */
    approve(minutes: 5 | 10 | 15 | 30, signal: "pending" | "set" = "set"): ScriptedRequest {
      const request = [...requests.values()].findLast(({ status: is }) => is === "pending");
      if (request === undefined) throw new Error("nothing is pending");
      change(request, { status: "approved", minutes, signal });
      return request;
    },
    change,
    setFault(fault: Fault | undefined) {
      state.fault = fault;
    },
    refuseEnrollment() {
      state.mayEnroll = false;
    },
    /** What the elevation tag makes of the profiles. */
    isElevated: () =>
      [...requests.values()].find(
        ({ status: is, signal }) =>
          (is === "approved" && signal === "set") || is === "arming" || is === "active",
      ),
  };
}

export type ScriptedService = ReturnType<typeof createScriptedService>;
