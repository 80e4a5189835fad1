import type {
  armAnswer,
  BeatBody,
  logAnswer,
  LogBody,
  MacAnswer,
  removedBody,
  ReportBody,
  requestAnswer,
  RequestBody,
  startAnswer,
  StatusAnswer,
} from "../../wire/device.ts";

/** What a schema of the contract reads. */
type Read<Schema extends { parse: (value: unknown) => unknown }> = ReturnType<Schema["parse"]>;
/** A body without the serial, which the wire client adds. */
type Body<T> = Omit<T, "serial">;
/** A time as it is written on the wire: ISO 8601 UTC with milliseconds. */
export type IsoTime = string;

export type EndReason = Read<typeof removedBody>["reason"];
export type ReportKind = ReportBody["kind"];
export type Minutes = RequestBody["durationMinutes"];
export type MacConfig = MacAnswer["config"];

/** Every call of the contract that the agent makes, and what a success answers (design section 5). */
export interface Calls {
  /** Keys never reach the brain: the wire client stores them. */
  enroll: { ask: object; answer: object };
  mac: { ask: object; answer: MacAnswer };
  request: { ask: { idempotencyKey: string; body: Body<RequestBody> }; answer: Read<typeof requestAnswer> };
  status: { ask: { requestId: string; since?: number; wait?: number }; answer: StatusAnswer };
  cancel: { ask: { requestId: string }; answer: unknown };
  arm: {
    ask: {
      requestId: string;
      armId: string;
      uid: number;
      generatedUid: string;
      baseline: Record<string, unknown>;
    };
    answer: Read<typeof armAnswer>;
  };
  start: {
    ask: { requestId: string; armId: string; elevatedAt: IsoTime };
    answer: Read<typeof startAnswer>;
  };
  beat: { ask: Body<BeatBody>; answer: StatusAnswer };
  end: { ask: { requestId: string }; answer: unknown };
  networkLoss: { ask: { requestId: string; lostAt: IsoTime; removedAt: IsoTime }; answer: unknown };
  removed: {
    ask: {
      requestId: string;
      armId: string;
      granted: boolean;
      verified: boolean;
      reason: EndReason;
      removedAt: IsoTime;
    };
    answer: object;
  };
  log: { ask: Body<LogBody>; answer: Read<typeof logAnswer> };
  report: { ask: Body<Omit<ReportBody, "at"> & { at: IsoTime }>; answer: unknown };
}

export type CallName = keyof Calls;

/** One call to make. */
export type Call = { [N in CallName]: { readonly name: N } & Calls[N]["ask"] }[CallName];

/**
 * What came of a call. `refused`: the service itself said no (its own problem+json, 4xx). `failing`: the service
 * itself said it cannot now (its own problem+json, 5xx or 429). `silent`: nothing that is surely from the service,
 * within the time limit: no connection, a redirect, HTML, a body that breaks the contract.
 */
export type Outcome<T> =
  | { readonly came: "answer"; readonly answer: T }
  | {
      readonly came: "refused";
      readonly status: number;
      readonly detail: string;
      readonly requestId?: string;
      readonly seq?: number;
      readonly previousHash?: string;
    }
  | {
      readonly came: "failing";
      readonly status: number;
      readonly detail: string;
      /** Its own word on when to call again (`Retry-After`). */
      readonly retryAfterSeconds?: number;
    }
  | { readonly came: "silent"; readonly why: string };
