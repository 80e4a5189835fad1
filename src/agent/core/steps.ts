import type { Call, CallName, Calls, Minutes, Outcome } from "./calls.ts";
import type { AdminEntry, Person } from "./membership.ts";
import type { AgentRecord, RequestForm } from "./record.ts";

/**
 * What the brain wants done. Steps are performed in order. Those marked (own time) run beside the loop and their
 * outcome comes later as an event; of all others the outcome is an event of the next look. Every step but alert,
 * answer and restart yields exactly one event, so that nothing is waited for in vain.
 */
export type Step =
  /** Writes the record to disk, atomically; nothing after it is performed when that fails. */
  | { readonly do: "save_record"; readonly record: AgentRecord }
  /** (own time) Calls the service. */
  | { readonly do: "call"; readonly call: Call; readonly limitSeconds: number }
  /** (own time) Asks the network probe. */
  | { readonly do: "probe"; readonly url: string }
  /** (own time) Runs the Privileges CLI in the person's own session. Its exit code proves nothing. */
  | {
      readonly do: "privileges";
      readonly act: "add" | "remove";
      readonly person: Person;
      readonly reason: string;
    }
  /** Puts the account with this uid and GeneratedUID into the admin group. */
  | { readonly do: "add_admin"; readonly person: Person }
  /** Undoes one reason of somebody being admin. */
  | { readonly do: "remove_entry"; readonly entry: AdminEntry }
  /** Puts an admin entry back that somebody removed. */
  | { readonly do: "restore_entry"; readonly entry: AdminEntry }
  /** Writes our sudoers drop-in, checked before it is put in place. */
  | { readonly do: "write_drop_in" }
  | { readonly do: "remove_drop_in" }
  /** Runs sudo once and looks for its line in the log. */
  | { readonly do: "canary"; readonly nonce: string }
  /** (own time) Reads everything that is compared at the end of a session. */
  | { readonly do: "take_snapshot" }
  /** Moves a file away that somebody added to sudoers.d. */
  | { readonly do: "remove_sudoers_file"; readonly path: string }
  | { readonly do: "signal"; readonly signal: "HUP" | "KILL"; readonly pids: readonly number[] }
  /** (own time) Lets the Iru agent run, under the lock. */
  | { readonly do: "run_iru" }
  /** Tells the person, without waiting. */
  | { readonly do: "alert"; readonly to: number; readonly title: string; readonly text: string }
  /** (own time) Asks the person whether to start now. */
  | {
      readonly do: "ask_start";
      readonly to: number;
      readonly requestId: string;
      readonly minutes: Minutes;
    }
  /** Answers an act of a person. */
  | { readonly do: "answer"; readonly actId: string; readonly answer: ActAnswer }
  /** Ends this process; launchd starts it again from its checked files. */
  | { readonly do: "restart" };

/** What a person wants; made by the runtime for whoever sits at the Mac. */
export type Act =
  | { readonly act: "request"; readonly person: Person; readonly form: RequestForm }
  | { readonly act: "cancel"; readonly person: Person }
  | { readonly act: "done"; readonly person: Person }
  | { readonly act: "start_now"; readonly person: Person };

/** The immediate answer to an act; what follows comes as alerts. */
export interface ActAnswer {
  readonly ok: boolean;
  readonly text: string;
  readonly requestId?: string;
}

type Called = {
  [N in CallName]: {
    readonly type: "called";
    readonly name: N;
    readonly call: Extract<Call, { name: N }>;
    readonly outcome: Outcome<Calls[N]["answer"]>;
  };
}[CallName];

/** What happened since the last look: outcomes of steps and acts of people. */
export type AgentEvent =
  | Called
  | { readonly type: "act"; readonly actId: string; readonly act: Act }
  | { readonly type: "saved"; readonly ok: boolean }
  /** `status` is the HTTP status of the probe, null without an answer. */
  | { readonly type: "probed"; readonly status: number | null }
  | { readonly type: "privileges_ran"; readonly act: "add" | "remove"; readonly text: string }
  | { readonly type: "changed_entry"; readonly ok: boolean; readonly text: string }
  | {
      readonly type: "drop_in";
      readonly act: "write" | "remove";
      readonly ok: boolean;
      readonly text: string;
    }
  /** `log` is where the log stands after the canary. */
  | {
      readonly type: "canary";
      readonly nonce: string;
      readonly found: boolean;
      readonly log?: { readonly inode: string; readonly size: number };
    }
  | { readonly type: "snapshot"; readonly items: Readonly<Record<string, string>> | null }
  | { readonly type: "sudoers_file_removed"; readonly path: string; readonly ok: boolean }
  | { readonly type: "signalled"; readonly ok: boolean }
  | { readonly type: "iru_ran"; readonly ok: boolean }
  | { readonly type: "start_asked"; readonly requestId: string; readonly chosen: "start" | "later" };
