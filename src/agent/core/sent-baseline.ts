import { BASELINE_MAX_BYTES, type SentBaseline } from "../../wire/device.ts";
import { coreOf, isCore } from "./baseline.ts";
import { sha256 } from "./log-chain.ts";
import type { AdminEntry } from "./membership.ts";
import { isSamePlain } from "./plain-copy.ts";
import type { Baseline, Summary } from "./record.ts";

/**
 * The baseline as it is sent with `/arm`, so that the service can vouch for it when an agent has nothing but its record:
 * whole where it fits the contract's 64 KiB, else with the count and hash of what is too long. Who is administrator and
 * what sudo goes by is always sent whole; undefined where not even that fits, and then nobody can be given rights here
 * (law L9).
 */
export function sentBaseline(baseline: Baseline): SentBaseline | undefined {
  const { accounts, items = {}, rest, log } = baseline;
  const admins = [...baseline.admins];
  const where = log === undefined ? {} : { log };
  if (rest !== undefined) return { admins, accounts, items, rest, ...where };
  const cut = { admins, items: coreOf(items), rest: summaryOf(othersOf(items)), ...where };
  const ways = [
    { admins, accounts, items, ...where },
    { ...cut, accounts },
    { ...cut, accounts: summaryOf(accounts) },
  ];
  return ways.find((way) => new TextEncoder().encode(JSON.stringify(way)).byteLength <= BASELINE_MAX_BYTES);
}

/** True when a baseline on record is the one that the service was sent. */
export function isSent(own: Baseline, theirs: SentBaseline): boolean {
  return isSamePlain(sentBaseline(own), theirs);
}

/** The baseline that the service vouches for, filled up from the record with what has the hash that was sent. */
export function vouchedBaseline(theirs: SentBaseline, own?: Baseline): Baseline {
  const { admins, rest, log } = theirs;
  const others = othersOf(own?.items ?? {});
  const isRestKept = rest !== undefined && own?.rest === undefined && isSamePlain(summaryOf(others), rest);
  return {
    admins: admins as AdminEntry[],
    accounts: accountsOf(theirs, own),
    items: isRestKept ? { ...theirs.items, ...others } : theirs.items,
    ...(rest === undefined || isRestKept ? {} : { rest }),
    ...(log === undefined ? {} : { log }),
  };
}

function accountsOf({ accounts }: SentBaseline, own: Baseline | undefined): Baseline["accounts"] {
  if (Array.isArray(accounts)) return accounts;
  return own !== undefined && isSamePlain(summaryOf(own.accounts), accounts) ? own.accounts : [];
}

function othersOf(items: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(items).filter(([key]) => !isCore(key)));
}

function summaryOf(value: object): Summary {
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify(Array.isArray(value) ? value : members);
  return { count: members.length, sha256: sha256(text) };
}
