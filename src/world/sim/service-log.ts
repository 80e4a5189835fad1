import { type Instant, MINUTE_MS } from "../../core/time.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import { FAILURE_CAUSES, type FailureCause } from "./failure-causes.ts";
import type { RecordBook, TraceEntry } from "./record-book.ts";

const RECENT_MS = 2 * MINUTE_MS;
const LONG_MS = 30 * MINUTE_MS;

/** What an attacker without Slack's signature is told; no failure. */
const REFUSALS: ReadonlySet<string> = new Set(["a request that claims to be Slack's was refused"]);

/** The service's log under watch. */
export interface ServiceLog extends Log {
  /**
   * Law L9: the service told of no failure that nothing in this world explains, so that a mistake of its own does not
   * pass for bad luck. Said when all is over, since a law that is broken thereby says more.
   */
  check(): void;
}

/** A failure that nothing explains. */
interface Unexplained {
  readonly at: Instant;
  readonly text: string;
  readonly requestId?: string;
}

/** Watches what the service says, which goes on to `log`. */
export function watchServiceLog(log: Log, book: RecordBook, now: () => Instant): ServiceLog {
  const found: Unexplained[] = [];

  function look(level: "warn" | "error", message: string, fields: LogFields = {}): void {
    const why = fields["why"] ?? fields["problem"];
    if (REFUSALS.has(message)) return;
    if (why !== undefined && isCaused(String(why), level, book, now())) return;
    const { stream, requestId } = fields;
    const about = stream ?? (message === "a call failed" ? undefined : requestId);
    const text = `${message}: ${String(why)}`;
    found.push({ at: now(), text, ...(about === undefined ? {} : { requestId: String(about) }) });
    book.note(undefined, about === undefined ? undefined : String(about), () => `the service says ${text}`);
  }

  return {
    info: (message, fields) => log.info(message, fields),
    warn(message, fields) {
      log.warn(message, fields);
      // Without a reason it is the client library's own word, and the reason follows.
      if (fields?.["why"] !== undefined || fields?.["problem"] !== undefined) look("warn", message, fields);
    },
    error(message, fields) {
      log.error(message, fields);
      look("error", message, fields);
    },
    check() {
      const [first] = found;
      book.check("L9", "the service tells of no failure without a cause", first === undefined, () => ({
        text: `${found.length} times, first at ${first?.at}: ${first?.text}`,
        ...(first?.requestId === undefined ? {} : { requestId: first.requestId }),
      }));
    },
  };
}

/** Whether something that this failure can come of has happened shortly before. */
function isCaused(told: string, level: "warn" | "error", { trace }: RecordBook, now: Instant): boolean {
  const why = told.replace(/^(RetryableError|TerminalError|SlackRefusal|StoreError|IruUnavailable): /, "");
  const causes = FAILURE_CAUSES.filter(({ says }) => says.test(why));
  if (level === "warn" && causes.some(({ isUsual }) => isUsual === true)) return true;
  for (let index = trace.length - 1; index >= 0; index -= 1) {
    const entry = trace[index];
    if (entry === undefined || entry.at < now - LONG_MS) break;
    if (causes.some((cause) => explains(cause, entry, now))) return true;
  }
  return false;
}

function explains(
  { faults, acts, withinMs = RECENT_MS }: FailureCause,
  { at, serial, requestId, text }: TraceEntry,
  now: Instant,
): boolean {
  if (at < now - withinMs) return false;
  if (acts?.test(text()) === true) return true;
  // Faults are nobody's: of the others the text need not be made.
  return serial === undefined && requestId === undefined && faults.some((name) => text() === `fault ${name}`);
}
