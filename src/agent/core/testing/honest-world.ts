import type { Call, Outcome } from "../calls.ts";
import type { AgentEvent } from "../steps.ts";
import { type Bench, look, pass, REQUEST, setAdmin, takeOpen } from "./bench.ts";

/** What the service makes of the one request of these tests. */
export interface Told {
  status: "pending" | "approved" | "arming" | "active" | "ending" | "ended";
  armId?: string;
  baseline?: Record<string, unknown>;
  minutes: 5 | 10 | 15 | 30;
}

const CONFIG = {
  delivery: "mdm",
  grant: "privileges",
  endProcesses: "kill",
  longPoll: false,
  probeUrl: "http://probe",
} as const;

/** The answer of a service that plays by the rules. */
export function honestAnswer(call: Call, told: Told): Outcome<unknown> {
  const yes = (answer: unknown): Outcome<unknown> => ({ came: "answer", answer });
  const status = {
    version: 1,
    status: told.status,
    nextPollSeconds: 5,
    message: "",
    approvedMinutes: told.minutes,
    signal: "set",
  };
  switch (call.name) {
    case "mac": {
      const inSession = told.status === "arming" || told.status === "active" || told.status === "ending";
      const who = { requestId: REQUEST, uid: 501, generatedUid: "11111111-1111-4111-8111-111111111111" };
      const armed = { status: told.status, armId: told.armId, baseline: told.baseline };
      const session = inSession ? { session: { ...who, ...armed } } : {};
      const openRequests = told.status === "ended" ? [] : [{ ...who, username: "alice", ...status }];
      return yes({ config: CONFIG, openRequests, ...session });
    }
    case "request":
      return yes({ requestId: REQUEST, status: "pending" });
    case "arm":
      if (told.status === "approved") {
        Object.assign(told, { status: "arming", armId: call.armId, baseline: call.baseline });
      }
      if (told.status !== "arming" || told.armId !== call.armId) {
        return { came: "refused", status: 409, detail: "not approved" };
      }
      return yes({ approvedMinutes: told.minutes, confirmBy: "" });
    case "start":
      if (told.status === "arming") told.status = "active";
      return told.status === "active"
        ? yes({ elevationEnd: "", remainingSeconds: told.minutes * 60 })
        : { came: "refused", status: 409, detail: "take the rights away" };
    case "removed":
      told.status = "ended";
      return yes({});
    case "end":
    case "networkLoss":
      told.status = "ending";
      return yes({});
    case "status":
    case "beat":
      return yes(status);
    default:
      return yes({});
  }
}

/** Answers everything that is open as an honest world would. */
export function answerAll(bench: Bench, told: Told): void {
  for (let step = takeOpen(bench, () => true); step !== undefined; step = takeOpen(bench, () => true)) {
    const event = answerTo(bench, told, step);
    if (event !== undefined) bench.events.push(event);
  }
}

function answerTo(bench: Bench, told: Told, step: Bench["open"][number]): AgentEvent | undefined {
  switch (step.do) {
    case "call":
      return {
        type: "called",
        name: step.call.name,
        call: step.call,
        outcome: honestAnswer(step.call, told),
      } as AgentEvent;
    case "probe":
      return { type: "probed", status: 200 };
    case "privileges":
      setAdmin(bench, step.act === "add");
      return { type: "privileges_ran", act: step.act, text: "" };
    case "take_snapshot":
      return { type: "snapshot", items: {} };
    case "run_iru":
      return { type: "iru_ran", ok: true };
    case "ask_start":
      return { type: "start_asked", requestId: step.requestId, chosen: "start" };
    default:
      return undefined;
  }
}

/** Lets an honest world run for so many seconds, a look a second. */
export function live(bench: Bench, told: Told, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    look(bench);
    answerAll(bench, told);
    look(bench);
    pass(bench, 1);
  }
}
