import { toIso } from "../../../agent/core/iso.ts";
import { chunkHash } from "../../../agent/core/log-chain.ts";
import {
  armBody,
  beatBody,
  cancelBody,
  endBody,
  enrollBody,
  FIRST_HASH,
  logBody,
  macQuery,
  networkLossBody,
  removedBody,
  reportBody,
  requestBody,
  startBody,
  statusQuery,
} from "../../../wire/device.ts";
import { change, type ScriptedRequest, type ScriptedState, statusOf } from "./scripted-state.ts";

export type Answer = readonly [status: number, body: object];

const OPEN = ["pending", "approved", "arming", "active", "ending"];

/** A refusal as the contract has it. */
export function refusal(status: number, detail: string, more: object = {}): Answer {
  return [status, { type: "about:blank", title: "No", status, detail, ...more }];
}

/** One handler a call; every body is read with the contract's own schema. */
export const handlers: Readonly<
  Record<string, (state: ScriptedState, body: unknown) => Answer | Promise<Answer>>
> = {
  "/enroll": (state, body) => {
    enrollBody.parse(body);
    if (!state.mayEnroll) return refusal(409, "this Mac is enrolled");
    state.keys.current = state.ids.secret();
    return [201, { deviceKey: state.keys.current }];
  },
  "/mac": (state, query) => {
    macQuery.parse(query);
    const open = [...state.requests.values()].filter(({ status }) => OPEN.includes(status));
    const openRequests = open.map((request) => ({ ...request, ...statusOf(state, request) }));
    const armed = open.find(({ armId }) => armId !== undefined);
    const armedSecondsAgo = (state.clock.now() - (armed?.armedAt ?? 0)) / 1000;
    const session = armed === undefined ? {} : { session: { ...armed, armedSecondsAgo } };
    return [200, { config: state.config, openRequests, ...session }];
  },
  "/request": (state, body) => {
    const { uid, generatedUid, username } = requestBody.parse(body);
    const requestId = state.ids.uuid();
    state.requests.set(requestId, { requestId, uid, generatedUid, username, status: "pending", version: 1 });
    return [201, { requestId, status: "pending" }];
  },
  "/status": status,
  "/cancel": (state, body) => {
    change(state, find(state, cancelBody.parse(body)), { status: "cancelled" });
    return [200, {}];
  },
  "/arm": arm,
  "/start": start,
  "/beat": (state, body) => [200, statusOf(state, find(state, beatBody.parse(body)))],
  "/end": (state, body) => {
    change(state, find(state, endBody.parse(body)), { status: "ending", endReason: "ended_by_user" });
    return [200, {}];
  },
  "/revoke-network-loss": (state, body) => {
    const request = find(state, networkLossBody.parse(body));
    change(state, request, { status: "ending", endReason: "network_loss" });
    return [200, {}];
  },
  "/removed": (state, body) => {
    const { reason, ...rest } = removedBody.parse(body);
    const request = find(state, rest);
    if (request.status !== "ended") {
      change(state, request, { status: "ended", endReason: request.endReason ?? reason });
      state.keys.next = state.ids.secret();
    }
    return [200, state.keys.next === undefined ? {} : { nextKey: state.keys.next }];
  },
  "/log": (state, body) => {
    const chunk = logBody.parse(body);
    const seq = state.chunks.length;
    const last = state.chunks.at(-1);
    const previousHash = last === undefined ? FIRST_HASH : chunkHash(last.previousHash, last.lines);
    if (chunk.seq !== seq || chunk.previousHash !== previousHash) {
      return refusal(409, "another chunk is expected", { seq, previousHash });
    }
    state.chunks.push(chunk);
    return [200, { nextSeq: seq + 1, hash: chunkHash(previousHash, chunk.lines) }];
  },
  "/report": (state, body) => {
    state.reports.push(reportBody.parse(body));
    return [200, {}];
  },
};

function find({ requests }: ScriptedState, { requestId }: { readonly requestId: string }): ScriptedRequest {
  const request = requests.get(requestId);
  if (request === undefined) throw new Error(`the Mac speaks of an unknown request ${requestId}`);
  return request;
}

async function status(state: ScriptedState, query: unknown): Promise<Answer> {
  const { since, wait, ...rest } = statusQuery.parse(query);
  const request = find(state, rest);
  const isNews = () => (since === undefined ? request.status !== "pending" : request.version !== since);
  if (wait !== undefined && !isNews()) {
    const news = new AbortController();
    const wake = () => {
      if (isNews()) news.abort();
    };
    state.waiters.add(wake);
    await state.clock.sleep(wait * 1000, news.signal);
    state.waiters.delete(wake);
  }
  return [200, statusOf(state, request)];
}

function arm(state: ScriptedState, body: unknown): Answer {
  const { armId, uid, generatedUid, baseline, ...rest } = armBody.parse(body);
  const request = find(state, rest);
  if (request.uid !== uid || request.generatedUid !== generatedUid) return refusal(403, "wrong person");
  if (request.status === "approved") {
    change(state, request, { status: "arming", armId, baseline, armedAt: state.clock.now() });
  }
  if (request.status !== "arming" || request.armId !== armId) return refusal(409, "not approved");
  return [200, { approvedMinutes: request.minutes, confirmBy: toIso(state.clock.now() + 120_000) }];
}

function start(state: ScriptedState, body: unknown): Answer {
  const { armId, ...rest } = startBody.parse(body);
  const request = find(state, rest);
  const now = state.clock.now();
  if (request.status === "arming" && request.armId === armId) {
    change(state, request, { status: "active", endsAt: now + (request.minutes ?? 0) * 60_000 });
  }
  const { endsAt } = request;
  if (request.status !== "active" || endsAt === undefined) return refusal(409, "not arming");
  return [200, { elevationEnd: toIso(endsAt), remainingSeconds: (endsAt - now) / 1000 }];
}
