import { cutLine, shippableLine } from "./log-chain.ts";
import { redact } from "./redact.ts";

/** So much of a line is looked through for secrets, in UTF-16 units: twice what is shown of a longer one. */
const LOOKED_AT = 16 * 1024;
/** A secret is not told by what stands this far behind it. */
const TOLD_WITHIN = 4 * 1024;

/**
 * A line of the sudo log without its secrets, fit for the wire (law L12). Of a long one only the beginning is looked
 * through, since a line of a megabyte must not hold the agent up (law L4); what is not shown enters into its hash.
 */
export function redactedLine(line: string): string {
  if (line.length <= LOOKED_AT) return shippableLine(redact(line));
  const begin = redact(line.slice(0, LOOKED_AT));
  // Where the text breaks off a secret may not be told by what is there: what more text changes is not shown.
  const surely = redact(line.slice(0, LOOKED_AT - TOLD_WITHIN));
  const shown = shippableLine(commonStart(begin, surely));
  return cutLine(shown, begin + line.slice(LOOKED_AT));
}

function commonStart(one: string, other: string): string {
  let end = 0;
  while (end < one.length && one[end] === other[end]) end += 1;
  return one.slice(0, end);
}
