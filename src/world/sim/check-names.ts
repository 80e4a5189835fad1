import { INVARIANTS } from "../../core/invariants.ts";
import { STEP_INVARIANTS } from "../../core/step-invariants.ts";

/** Every check of the simulator by the law that it belongs to; a batch in which one of them never ran has failed. */
export const CHECKS = {
  // No law of the product: what a seed has to be for the others to mean something.
  seed: [
    "there are three Macs and two approvers",
    "five requests are stored",
    "somebody with rights attacks, or forges a call",
  ],
  L1: [
    "no grant without permission",
    "one granted session on a Mac",
    "a permission is for the person who asked",
    "a start is of the attempt that was permitted",
    "a proof is of the attempt that was permitted",
    "a refused start ends the session",
  ],
  L2: [
    "one decision",
    "one open request of a user",
    "whoever decides too late is told who was first",
    "whoever decides too late is told privately",
  ],
  L3: ["the deadline is on disk before the rights", "rights that the service never heard of are taken away"],
  L4: ["the deadline never moves later", "the Mac ends it on time"],
  L5: [
    "an unverified removal proves nothing",
    "rights without a session are taken away",
    "whoever kills the agent gains no time",
    "a proof of removal is true",
    "nobody is administrator who was not at the start",
    "nobody can use sudo who could not at the start",
    "what was closed unverified is proven later",
    "SAP Privileges is locked again",
    "SAP Privileges does not stay open",
    "an administrator outside a session is told to IT",
    "IT hears who is still an administrator",
    "IT hears of rights that nobody proved gone",
    "IT hears of a record that was touched",
    "no session is left on the Mac",
    "the Mac's sudo settings are its own again",
  ],
  L6: ["what is due is done"],
  L7: [
    "what is answered is stored",
    "a submission makes one request",
    "a used key takes no other submission",
    "a version follows the one before",
    "everything comes to rest",
    "no request stays open",
    "the Mac has nothing left to say or to ask",
    "a lock reaches Iru or IT hears that it did not",
    "the audit chain is whole",
    "the outbox is empty",
    "what is stored is what was stored",
    "the trail folds to the stored state",
    "every message exactly once",
    "no message is given up",
  ],
  L8: [
    "no session without its log",
    "the closing message comes after the log",
    "IT sees the whole log",
    "IT hears that a log is missing",
    "IT hears what a session left behind",
  ],
  L9: [
    "the agent never breaks down",
    "no call ends in an internal error",
    "the service tells of no failure without a cause",
    "no failure goes unheard",
    "a Mac that calls too often is turned away",
    "a Mac that is cut off gives no rights",
    "night approvals keep to their cap",
    "IT hears of what is stuck",
    "IT hears of a Mac that is silent",
    "what a Mac has to report reaches the service",
    "what a Mac reports is told to IT",
    "what is raised is told to IT",
    "only a Mac's own key counts",
    "nothing is approved by itself where that is switched off",
  ],
  L10: [
    "what people write stays words",
    "what people write is shown as they wrote it",
    "the service understands its own agent",
  ],
  L11: [
    "only Slack's own signature counts",
    "an old click is none",
    "nobody decides for themselves, or on their own Mac",
  ],
  L12: [
    "a key that was replaced is none",
    "no secret in Slack",
    "no secret in the store",
    "no secret in the service's log",
    "an unlock PIN is shown to nobody but who locked the Mac",
  ],
  L13: [
    "tags are never given up",
    "no other device is written to",
    "other people's tags survive a write",
    "no tag of ours is left",
    "other people's tags are as they made them",
  ],
  L14: [
    "what is over has no buttons",
    "a card shows a stored version, and none before the last",
    "a card shows the version that is noted for it",
    "the buttons are what the state allows",
    "at rest a card shows what is stored",
    "a refusal in Slack says its reason",
  ],
  L15: [
    "a session whose log is tampered with ends",
    "IT hears of tampering that was noticed",
    "IT hears of a log that contradicts itself",
    "a collected log stays as it was",
    "the pieces of a log are chained",
    "every command is in the log",
    "no command is in the log more often than it was typed",
  ],
  L16: [
    "nobody is demoted by mistake",
    "who is administrator already gets no session",
    "who was administrator still is",
  ],
} as const;

/** A check by its name. */
export type CheckName = (typeof CHECKS)[keyof typeof CHECKS][number];

/** All of them, and the core's own invariants, as the counts name them. */
export const CHECK_NAMES: readonly string[] = [
  ...Object.entries(CHECKS).flatMap(([law, names]) => names.map((name) => `${law} ${name}`)),
  ...[...INVARIANTS, ...STEP_INVARIANTS].map(({ law, name }) => `${law} ${name}`),
];
