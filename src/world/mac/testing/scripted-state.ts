import { toIso } from "../../../agent/core/iso.ts";
import type { Ids } from "../../../ports/ids.ts";
import type { LogBody, MacAnswer, ReportBody } from "../../../wire/device.ts";
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
  armedAt?: number;
  baseline?: unknown;
  endsAt?: number;
  endReason?: NonNullable<MacAnswer["session"]>["endReason"];
}

/** One call the Mac made, with its body as sent. */
export interface SeenCall {
  readonly at: number;
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
  readonly status: number;
}

/** A call to answer otherwise than the contract says; undefined answers as ever. */
export type Fault = (path: string) => Response | undefined;

/** All that the scripted service knows. */
export interface ScriptedState {
  readonly clock: VirtualClock;
  readonly ids: Ids;
  readonly config: MacAnswer["config"];
  readonly requests: Map<string, ScriptedRequest>;
  readonly calls: SeenCall[];
  readonly reports: ReportBody[];
  readonly chunks: LogBody[];
  /** Held polls: called on every change. */
  readonly waiters: Set<() => void>;
  readonly keys: { current?: string; next?: string };
  fault: Fault | undefined;
  mayEnroll: boolean;
}

/** Changes a request and wakes the held polls. */
export function change(
  state: ScriptedState,
  request: ScriptedRequest,
  patch: Partial<ScriptedRequest>,
): void {
  Object.assign(request, patch, { version: request.version + 1 });
  for (const wake of state.waiters) wake();
}

/** The request as `/status` answers it; a session past its end is ending. */
export function statusOf(state: ScriptedState, request: ScriptedRequest): Record<string, unknown> {
  const now = state.clock.now();
  if (request.status === "active" && request.endsAt !== undefined && now >= request.endsAt) {
    change(state, request, { status: "ending", endReason: "expired" });
  }
  const { version, status, minutes, signal, endsAt, endReason } = request;
  return {
    version,
    status,
    nextPollSeconds: 20,
    message: `It is ${status}.`,
    ...(minutes === undefined ? {} : { approvedMinutes: minutes }),
    ...(status === "approved" ? { signal: signal ?? "pending" } : {}),
    ...(endReason === undefined ? {} : { endReason }),
    ...(status === "active" && endsAt !== undefined
      ? { elevationEnd: toIso(endsAt), remainingSeconds: (endsAt - now) / 1000 }
      : {}),
  };
}
