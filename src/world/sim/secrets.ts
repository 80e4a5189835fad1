import type { Ids } from "../../ports/ids.ts";
import type { Log, LogFields } from "../../ports/log.ts";

/** What must not be seen (law L12), and every place where it could be: what was logged, what was written. */
export interface Secrets {
  readonly known: ReadonlySet<string>;
  /** PINs that unlock a Mac, by the serial of the Mac: who locked it may see it, and nobody else. */
  readonly pins: Map<string, string>;
  add(secret: string): void;
  /** The same ids; every secret made is remembered. */
  watch(ids: Ids): Ids;
  readonly log: Log;
  /** Warnings and errors. */
  readonly lines: readonly string[];
  /** Every different value that stood in a line of information; there are too many lines to keep them. */
  readonly values: ReadonlySet<string>;
  /** To be told of what the store was asked to keep beside its changes. */
  wrote(text: string): void;
  readonly written: ReadonlySet<string>;
}

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Makes the watch over these secrets, and over those that are made or added later. */
export function createSecrets(secrets: readonly string[]): Secrets {
  const known = new Set(secrets);
  const lines: string[] = [];
  const values = new Set<string>();
  const written = new Set<string>();
  const write = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push(`${level} ${message} ${fields === undefined ? "" : JSON.stringify(fields)}`);
  return {
    known,
    add: (secret) => void known.add(secret),
    watch: (ids) => ({
      ...ids,
      secret() {
        const secret = ids.secret();
        known.add(secret);
        return secret;
      },
    }),
    log: {
      info(message, fields = {}) {
        values.add(message);
        for (const [name, value] of Object.entries(fields)) {
          // No secret has the form of an id, and each call has one of its own.
          if (typeof value === "string" && !ID.test(value)) values.add(`${name} ${value}`);
          if (typeof value === "number") values.add(`${name} ${value}`);
        }
      },
      warn: write("warn"),
      error: write("error"),
    },
    lines,
    values,
    wrote: (text) => void written.add(text),
    written,
    pins: new Map(),
  };
}
