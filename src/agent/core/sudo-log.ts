import { redactedLine } from "./redacted-line.ts";

/**
 * One record of sudo's log file, as sudo 1.9.5p2 (macOS 12-13) and 1.9.13p2/p3 (macOS 14 on) write it with
 * `log_year, loglinelen=0`:
 * `Nov 22 09:36:12 2026 : alice : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/echo one`
 */
export interface SudoRecord {
  /** The time as written: local time without a zone. */
  readonly at: string;
  /** Who ran sudo. */
  readonly user: string;
  /** Why sudo said no, in its own words; missing when it ran the command. */
  readonly refused?: string;
  /** HOST, TTY, CHROOT, PWD, USER, GROUP, TSID, ENV, as far as given. */
  readonly fields: Readonly<Record<string, string>>;
  readonly command?: string;
}

const HEAD = /^([A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2}(?: \d{4})?) : ([^:\s][^:]*?) : (.*)$/;
const FIELD = /^(HOST|TTY|CHROOT|PWD|USER|GROUP|TSID|ENV)=/;
const SEPARATOR = " ; ";

/** Reads one line; undefined when it is not a record (a continuation, or not written by sudo). */
export function parseSudoLine(line: string): SudoRecord | undefined {
  const head = HEAD.exec(line);
  if (head === null) return undefined;
  const [, at, user] = head as unknown as [string, string, string, string];
  let rest = head[3] as string;
  const fields: Record<string, string> = {};
  const refusals: string[] = [];
  while (rest !== "" && !rest.startsWith("COMMAND=")) {
    const end = fieldEnd(rest);
    const part = rest.slice(0, end);
    const field = FIELD.exec(part)?.[1];
    if (field === undefined) refusals.push(part);
    else fields[field] = part.slice(field.length + 1);
    rest = rest.slice(end);
    if (rest.startsWith(SEPARATOR)) rest = rest.slice(SEPARATOR.length);
  }
  return {
    at,
    user,
    fields,
    ...(refusals.length === 0 ? {} : { refused: refusals.join(SEPARATOR) }),
    ...(rest === "" ? {} : { command: rest.slice("COMMAND=".length) }),
  };
}

/** macOS 14-26 have sudo 1.9.13p2, which forgets the separator between ENV= and COMMAND=. */
function fieldEnd(rest: string): number {
  const separator = rest.indexOf(SEPARATOR);
  if (rest.startsWith("ENV=")) {
    const command = rest.indexOf("COMMAND=");
    if (command !== -1 && (separator === -1 || command < separator)) return command;
  }
  return separator === -1 ? rest.length : separator;
}

const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh", "csh", "tcsh", "fish"]);
const SHELL_LIKE = new Set(["su", "login", "screen", "tmux", "script"]);

/** True for a command that opens a shell in which sudo sees nothing: `sudo -s`, `-i`, `su`, a bare shell, tmux. */
export function opensRootShell(command: string): boolean {
  const [program = "", ...words] = command.split(" ").filter((word) => word !== "");
  const name = program.slice(program.lastIndexOf("/") + 1).replace(/^-/, "");
  if (SHELL_LIKE.has(name)) return true;
  return SHELLS.has(name) && words.every((word) => /^-[a-z-]+$/i.test(word) && !/^-[a-z]*c/i.test(word));
}

/** Whose lines leave the Mac: the requester's, root's and those of accounts that were not there before. */
export interface Audience {
  /** Short names of the requester, old and new. */
  readonly requesterNames: readonly string[];
  /** Short names of all accounts at the baseline. */
  readonly baselineNames: readonly string[];
}

/** What becomes of a piece of the sudo log. */
export interface Sorted {
  /** Redacted and fit for the wire, in order. */
  readonly shipped: string[];
  /** How many lines of other people were left out. */
  readonly others: number;
}

/**
 * Sorts whole lines of the sudo log. Lines of other people are counted only; a line that cannot be read is
 * shipped, since it may be a forgery or the rest of the line before it. The agent's own canaries are left out
 * where the whole command is one of `canaries`.
 */
export function sortSudoLines(
  lines: readonly string[],
  audience: Audience,
  isCanary: (command: string) => boolean,
): Sorted {
  const shipped: string[] = [];
  let others = 0;
  let followsOther = false;
  for (const line of lines) {
    if (line === "") continue;
    const record = parseSudoLine(line);
    if (record === undefined) {
      if (followsOther && line.startsWith("    ")) others += 1;
      else shipped.push(redactedLine(line));
      continue;
    }
    followsOther = !isShipped(record.user, audience);
    if (followsOther) {
      others += 1;
    } else if (record.user !== "root" || record.command === undefined || !isCanary(record.command)) {
      shipped.push(redactedLine(line));
      if (record.refused === undefined && record.command !== undefined && opensRootShell(record.command)) {
        shipped.push(`[root shell opened by ${record.user} at ${record.at}: its contents are not recorded]`);
      }
    }
  }
  return { shipped, others };
}

function isShipped(user: string, audience: Audience): boolean {
  if (user === "root" || audience.requesterNames.includes(user)) return true;
  return !audience.baselineNames.includes(user);
}
