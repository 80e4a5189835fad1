import type { Ids } from "../../../ports/ids.ts";
import type { MacAnswer } from "../../../wire/device.ts";
import type { VirtualClock } from "../../clock.ts";
import { handlers, refusal } from "./scripted-handlers.ts";
import {
  change,
  type Fault,
  type ScriptedRequest,
  type ScriptedState,
  type SeenCall,
} from "./scripted-state.ts";

/** A service that keeps to the wire contract and does what a test tells it. */
export interface ScriptedService extends Omit<ScriptedState, "clock" | "ids" | "waiters"> {
  handle(request: Request): Promise<Response>;
  /** Every line of the log, in order. */
  logLines(): string[];
  /** The calls to one path. */
  seen(path: string): SeenCall[];
  /** Approves the newest pending request. */
  approve(minutes: 5 | 10 | 15 | 30, signal?: "pending" | "set"): ScriptedRequest;
  change(request: ScriptedRequest, patch: Partial<ScriptedRequest>): void;
  setFault(fault: Fault | undefined): void;
  refuseEnrollment(): void;
  /** The request whose elevation tag is on the Mac, if any. */
  elevated(): ScriptedRequest | undefined;
}

const CONFIG: MacAnswer["config"] = {
  delivery: "mdm",
  grant: "privileges",
  endProcesses: "kill",
  longPoll: true,
  probeUrl: "http://captive.apple.com/hotspot-detect.html",
};

/** Makes it; every body it gets is checked with the contract's own schemas, and all that it sees is kept. */
export function createScriptedService(
  clock: VirtualClock,
  ids: Ids,
  config: Partial<MacAnswer["config"]> = {},
): ScriptedService {
  const state: ScriptedState = {
    clock,
    ids,
    config: { ...CONFIG, ...config },
    requests: new Map(),
    calls: [],
    reports: [],
    chunks: [],
    waiters: new Set(),
    keys: {},
    fault: undefined,
    mayEnroll: true,
  };
  const all = () => [...state.requests.values()];
  return Object.assign(state, {
    handle: (request: Request) => handle(state, request),
    logLines: () => state.chunks.flatMap(({ lines }) => lines),
    seen: (path: string) => state.calls.filter((call) => call.path === path),
    approve(minutes: 5 | 10 | 15 | 30, signal: "pending" | "set" = "set") {
      const request = all().findLast(({ status }) => status === "pending");
      if (request === undefined) throw new Error("nothing is pending");
      change(state, request, { status: "approved", minutes, signal });
      return request;
    },
    change: (request: ScriptedRequest, patch: Partial<ScriptedRequest>) => change(state, request, patch),
    setFault(fault: Fault | undefined) {
      state.fault = fault;
    },
    refuseEnrollment() {
      state.mayEnroll = false;
    },
    elevated: () =>
      all().find(
        ({ status, signal }) =>
          (status === "approved" && signal === "set") || status === "arming" || status === "active",
      ),
  });
}

async function handle(state: ScriptedState, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const path = url.pathname;
  const key = request.headers.get("x-api-key");
  const faulty = state.fault?.(path);
  if (faulty !== undefined) return faulty;
  const body: unknown =
    request.method === "GET" ? Object.fromEntries(url.searchParams) : await request.json();
  const isKnown = key !== null && (key === state.keys.current || key === state.keys.next);
  const mayCall = isKnown || path === "/enroll";
  const [status, answer] = mayCall
    ? await (handlers[path]?.(state, body) ?? refusal(404, "no such call"))
    : refusal(401, "unknown key");
  if (key !== null && key === state.keys.next && status !== 401) {
    state.keys.current = key;
    delete state.keys.next;
  }
  state.calls.push({ at: state.clock.now(), path, key, body, status });
  const type = status < 400 ? "application/json" : "application/problem+json";
  return new Response(JSON.stringify(answer), { status, headers: { "content-type": type } });
}

/** The service's own refusal as an answer, for faults. */
export function problemResponse(status: number, detail: string): Response {
  return new Response(JSON.stringify(refusal(status, detail)[1]), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}
