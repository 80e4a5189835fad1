import type { Actor } from "../../src/core/request.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import type { AuditEntry } from "../../src/ports/store.ts";
import { PEOPLE } from "../../src/world/cast.ts";

/** An audit trail as lines for people: time since `startedAt`, who, what, and the facts; ids and hashes left out. */
export function writeAudit(entries: readonly AuditEntry[], startedAt: number): string {
  return entries
    .map((entry) => {
      const at = elapsed(entry.at - startedAt);
      return `${String(entry.seq).padStart(3)}  ${at}  ${nameOf(entry.actor).padEnd(14)}  ${entry.type}${factsOf(entry)}`;
    })
    .join("\n");
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case "slack":
      return `@${Object.values(PEOPLE).find((person) => person.id === actor.userId)?.name ?? actor.userId}`;
    case "mac":
      return "the Mac";
    case "policy":
      return `rule ${actor.rule}`;
    case "system":
      return `system ${actor.part}`;
  }
}

/** Facts that say what happened and are the same in every run. */
const FACTS = [
  "reason",
  "minutes",
  "why",
  "what",
  "refused",
  "kind",
  "granted",
  "lines",
  "late",
  "count",
  "detail",
  "items",
];

function factsOf({ data }: AuditEntry): string {
  if (typeof data !== "object" || data === null) return "";
  const approval = "approval" in data ? (data.approval as object) : {};
  const facts = Object.entries({ ...data, ...approval }).filter(([name]) => FACTS.includes(name));
  return facts.length === 0
    ? ""
    : `  ${facts.map(([name, value]) => `${name}=${wordsOf(value)}`).join("  ")}`;
}

function wordsOf(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/[0-9a-f]{64}/g, "<sha256>")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, "<id>");
}

function elapsed(ms: number): string {
  const whole = Math.floor(ms / SECOND_MS);
  const two = (value: number) => String(value).padStart(2, "0");
  return `+${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
