import { DEFAULT_POLICY, type Policy } from "../../core/policy-config.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { MacConfig } from "../../app/service.ts";
import { PEOPLE, type PersonName } from "../cast.ts";
import type { IruDelays } from "../iru/state.ts";
import type { MacUser } from "../mac/directory.ts";
import type { TrialName } from "./plan.ts";
import type { Random } from "../random.ts";

/** A Mac of the simulation, whose it is and who uses it. */
export interface CastMac {
  readonly serial: string;
  readonly hostname: string;
  readonly owner: PersonName;
  readonly users: readonly MacUser[];
}

const guid = (mac: number, user: number) => `6F1C0B52-1D3A-4E6B-9C0D-0000000${mac}000${user}`;

function user(mac: number, index: number, username: PersonName): MacUser {
  return {
    username,
    uid: 500 + index,
    generatedUid: guid(mac, index),
    email: PEOPLE[username].email,
  };
}

function administrator(mac: number): MacUser {
  return { username: "itadmin", uid: 510, generatedUid: guid(mac, 9), admin: true };
}

/** Anna shares hers with Paul; Paul's own; one of an approver, who must not approve himself. */
export const SIM_MACS: readonly CastMac[] = [
  {
    serial: "C02SIM000001",
    hostname: "Anna’s MacBook Pro <b>*1*</b>",
    owner: "anna",
    users: [user(1, 1, "anna"), user(1, 2, "paul"), administrator(1)],
  },
  {
    serial: "C02SIM000002",
    hostname: "Paul’s Mac",
    owner: "paul",
    users: [user(2, 1, "paul"), user(2, 2, "dan"), administrator(2)],
  },
  {
    serial: "C02SIM000003",
    hostname: "Ben’s Mac",
    owner: "ben",
    users: [user(3, 1, "ben"), user(3, 2, "anna"), administrator(3)],
  },
];

/** A Mac whose serial contains another's: the tenant's search finds both. */
export const LOOKALIKE_SERIAL = "C02SIM0000011";

/** What the other tenants of a Mac's tag list begin with. */
export const OTHERS_TAGS: readonly string[] = ["finance", "kiosk"];

/** What Iru takes to act as long as nothing slows it, in ms: short, so that whole lives fit into a seed. */
export const IRU_DELAYS = {
  tagMs: 1_000,
  scriptMs: 3_000,
  profileMs: 2_000,
  runMs: 4_000,
} satisfies Partial<IruDelays>;

/** Words people give as a reason; they try to be more than words wherever they are shown. */
export const REASONS: readonly string[] = [
  "install a compiler",
  "<!channel> <@U0NOBODY> *urgent* & <https://evil.example|click> &lt;b&gt;",
  '"; rm -rf / #',
  "line one\nline two `code`",
];

/** What must never be seen anywhere but on the Mac itself. */
export const TYPED_SECRETS: readonly string[] = ["hunter2hunter2", "s3cr3t-t0ken-4711"];

/** The rules of one seed: the defaults, with the waits of hours shortened so that a life fits into one. */
export function simPolicy(random: Random): Policy {
  const isNight = random.chance(0.12);
  return {
    ...DEFAULT_POLICY,
    approverIds: [PEOPLE.ben.id, PEOPLE.carla.id],
    adminStatusIds: [PEOPLE.ben.id],
    nudgeEveryMs: 3 * MINUTE_MS,
    nudgeFirstPhaseMs: 9 * MINUTE_MS,
    nudgeLaterEveryMs: 5 * MINUTE_MS,
    autoDenyAfterMs: (random.chance(0.3) ? random.integer(2, 4) : random.integer(8, 20)) * MINUTE_MS,
    lapseAfterMs: random.integer(2, 10) * MINUTE_MS,
    logMissingAfterMs: 4 * MINUTE_MS,
    heartbeatSilentAfterMs: 100 * SECOND_MS,
    deadlineAlarmAfterMs: 2 * MINUTE_MS,
    offerCloseAfterMs: 6 * MINUTE_MS,
    offHours: isNight
      ? {
          mode: "enabled",
          zone: "Europe/Berlin",
          weekdays: [1, 2, 3, 4, 5],
          startMinute: 0,
          endMinute: 5,
          onCallUserId: PEOPLE.ben.id,
          capPerNight: 2,
        }
      : { mode: "disabled" },
  };
}

/** What the Macs of one seed are told to do. */
export function simMacConfig(random: Random, trial: TrialName | undefined): Partial<MacConfig> {
  return {
    delivery: random.pick(["mdm", "direct"] as const),
    grant: random.pick(["privileges", "directory"] as const),
    endProcesses: random.pick(["kill", "kill", "report"] as const),
    // A held poll tells at once what the answer to the start would have told.
    longPoll: random.chance(0.75) && trial !== "start_refused",
  };
}

/** No seed takes longer than this of virtual time after its faults have stopped. */
export const CONVERGE_WITHIN_MS = HOUR_MS;
