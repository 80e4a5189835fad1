import type { Clock } from "../../ports/clock.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import { HIDDEN, isSecretName, redact } from "./redact.ts";

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

  /** What a name becomes is worked out once: names are written in the program, so there are few of them. */
  const labels = new Map<string, Label>();

  function labelOf(name: string): Label {
    const known = labels.get(name);
    if (known !== undefined) return known;
    const label = { text: textOfName(name), isSecret: isSecretName(name) };
    labels.set(name, label);
    return label;
  }

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
      if (value === undefined) continue;
      const label = labelOf(name);
      text += `,${label.text}:${JSON.stringify(label.isSecret ? HIDDEN : redact(value, secrets))}`;
    }
    options.write(`${text}}\n`);
  }

  return {
    info: (message, fields) => line("info", message, fields),
    warn: (message, fields) => line("warn", message, fields),
    error: (message, fields) => line("error", message, fields),
  };
}

interface Label {
  readonly text: string;
  readonly isSecret: boolean;
}

/** A field may not pass itself off as the time, the level or the message. */
function textOfName(name: string): string {
  return JSON.stringify(RESERVED.has(name) ? `${name}_` : name);
}

const RESERVED: ReadonlySet<string> = new Set(["time", "level", "message"]);
