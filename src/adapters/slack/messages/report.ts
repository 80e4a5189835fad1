import type { KnownBlock } from "@slack/types";
import { LIMITS } from "../block-kit-limits.ts";
import { clip, singleLine } from "../escape.ts";
import { plainParagraph } from "./parts.ts";

const KIND_WORDS: Readonly<Record<string, string>> = {
  exit: "What the Mac found at the end of the session",
  tampered: "*Signs of tampering on the Mac*",
  still_admin: "*The Mac reports that the account is still an admin*",
  device_error: "The Mac reports an error",
  drift: "The Mac differs from what it was",
  refused_call: "*It reached for what belongs to another Mac, and was refused*",
};

/** What kind of report a Mac sent, in mrkdwn, without a full stop; an exit report without items is good news. */
export function reportWords(kind: string, items: readonly string[]): string {
  if (kind === "exit" && items.length === 0) return "The Mac found nothing changed by the session";
  return (Object.hasOwn(KIND_WORDS, kind) ? KIND_WORDS[kind] : undefined) ?? "The Mac reports";
}

const ITEM_MAX = 300;
const ITEMS_MAX = 9;

/** What the Mac found, as it wrote it: the first lines, and how many more there are. */
export function itemBlocks(items: readonly string[]): readonly KnownBlock[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, ITEMS_MAX).map((item) => `- ${clip(singleLine(item), ITEM_MAX)}`);
  const left = items.length - shown.length;
  if (left > 0) shown.push(`and ${left} more, in the audit trail`);
  return [{ type: "section", text: plainParagraph(shown.join("\n"), LIMITS.sectionText) }];
}
