/** sudo's own `loglinelen` where no setting says otherwise; Apple's build keeps it (sudo 1.9.13, defaults.c). */
const LINE_LENGTH_DEFAULT = 80;
const INDENT = "    ";

/** The line length that these texts of sudoers, in their order, ask for: the last word wins, 0 never wraps. */
export function lineLength(texts: readonly string[]): number {
  let length = LINE_LENGTH_DEFAULT;
  for (const text of texts) {
    for (const [word, digits] of text.matchAll(/!loglinelen|\bloglinelen=(\d+)/g)) {
      length = word.startsWith("!") ? 0 : Number(digits);
    }
  }
  return length;
}

/**
 * One record as sudo writes it to its log file (`eventlog_writeln` of sudo 1.9.13, eventlog.c): broken at the last
 * space within `maxLength` bytes, or at the first one after it, and gone on with indented lines. `record` holds one
 * character for each byte.
 */
export function wrapRecord(record: string, maxLength: number): string {
  if (maxLength <= INDENT.length) return `${record}\n`;
  let lines = "";
  let rest = record;
  let indent = "";
  for (let width = maxLength; rest.length > width; width = maxLength - INDENT.length) {
    const before = rest.lastIndexOf(" ", width);
    const end = before > 0 ? before : rest.indexOf(" ", width);
    if (end === -1) break;
    lines += `${indent}${rest.slice(0, end)}\n`;
    rest = rest.slice(end).replace(/^ +/, "");
    indent = INDENT;
  }
  return rest === "" ? lines : `${lines}${indent}${rest}\n`;
}
