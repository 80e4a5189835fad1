import type { Calls } from "../calls.ts";
import type { Context } from "../context.ts";
import { onMac, startupTick } from "../startup.ts";
import { ALICE, type Bench, contextOf, REQUEST } from "./bench.ts";

type MacAnswer = Calls["mac"]["answer"];
/** A session in the answer to /mac. */
export type MacSession = NonNullable<MacAnswer["session"]>;

/** What the service configures. */
export const CONFIG = {
  delivery: "direct",
  grant: "directory",
  endProcesses: "report",
  longPoll: false,
  probeUrl: "http://probe",
} as const;
/** The arming of the service's session. */
export const ARM_ID = "bbbbbbbb-0000-4000-8000-000000000002";
const { uid, generatedUid } = ALICE;

/** Alice's session as the service has it. */
export const theirs = (over: Partial<MacSession> = {}): MacSession => ({
  requestId: REQUEST,
  uid,
  generatedUid,
  status: "active",
  armId: ARM_ID,
  ...over,
});

/** The service tells a process that has just started what this Mac should be. */
export function told(bench: Bench, over: Partial<MacAnswer> = {}): Context {
  delete bench.memory.config;
  return toldAgain(bench, over);
}

/** The service says what this Mac should be. */
export function toldAgain(bench: Bench, over: Partial<MacAnswer> = {}): Context {
  const ctx = contextOf(bench);
  onMac(ctx, { came: "answer", answer: { config: CONFIG, openRequests: [], ...over } });
  return ctx;
}

/** The look in which the service tells the Mac what it should be. */
export function learning(...how: Parameters<typeof told>): Context {
  const ctx = told(...how);
  startupTick(ctx);
  return ctx;
}

/** What IT is told, as `KIND item`. */
export function reports({ record }: Context): readonly string[] {
  return record.outbox.flatMap(({ call }) =>
    call.name === "report" ? call.items.map((item) => `${call.kind} ${item}`) : [],
  );
}
