import type { Clock } from "../../ports/clock.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import { redact } from "./redact.ts";

type Level = "info" | "warn" | "error";

/**
 * Writes one JSON object a line: `time` (ISO 8601 UTC), `level`, `message`, then the fields. Callers pass no secrets;
 * in case one slips through, `secrets` and whatever looks like one is replaced (see `redact`).
 */
export function createJsonLog(options: {
  readonly write: (line: string) => void;
  readonly clock: Pick<Clock, "now">;
  /** The configured secrets, replaced wherever they occur. */
  readonly secrets?: readonly string[];
}): Log {
  const secrets = (options.secrets ?? []).filter((secret) => secret !== "");

  let lastAt = Number.NaN;
  let lastTime = "";

  /** Many lines share their millisecond. */
  function timeText(): string {
    const now = options.clock.now();
    if (now !== lastAt) lastTime = new Date(now).toISOString();
    lastAt = now;
    return lastTime;
  }

  function line(level: Level, message: string, fields: LogFields = {}): void {
    let text = `{"time":"${timeText()}","level":"${level}","message":${JSON.stringify(redact(message, secrets))}`;
    for (const name of Object.keys(fields)) {
      const value = fields[name];
      if (value !== undefined) text += `,${labelOf(name)}:${JSON.stringify(redact(value, secrets, name))}`;
    }
    options.write(`${text}}\n`);
  }

  return {
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
  };
}

/** A field may not pass itself off as the time, the level or the message. */
function labelOf(name: string): string {
  return JSON.stringify(RESERVED.has(name) ? `${name}_` : name);
}

const RESERVED: ReadonlySet<string> = new Set(["time", "level", "message"]);
