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
/** Room for how many more there are. */
const ITEMS_MAX = LIMITS.sectionText - 50;

/** What the Mac found, as it wrote it: as many lines as a section holds, and how many more there are. */
export function itemBlocks(items: readonly string[]): readonly KnownBlock[] {
  if (items.length === 0) return [];
  const shown: string[] = [];
  let size = 0;
  for (const item of items) {
    const line = `- ${clip(singleLine(item), ITEM_MAX)}`;
    size += line.length + 1;
    if (size > ITEMS_MAX) break;
    shown.push(line);
  }
  const left = items.length - shown.length;
  if (left > 0) shown.push(`and ${left} more, in the audit trail`);
  return [{ type: "section", text: plainParagraph(shown.join("\n"), LIMITS.sectionText) }];
}
