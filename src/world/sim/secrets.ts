import type { Ids } from "../../ports/ids.ts";
import type { Log, LogFields } from "../../ports/log.ts";

/** What must not be seen (law L12), and every line the service logged. */
export interface Secrets {
  readonly known: ReadonlySet<string>;
  add(secret: string): void;
  /** The same ids; every secret made is remembered. */
  watch(ids: Ids): Ids;
  readonly log: Log;
  readonly lines: readonly string[];
}

/** Makes the watch over these secrets, and over those that are made or added later. */
export function createSecrets(secrets: readonly string[]): Secrets {
  const known = new Set(secrets);
  const lines: string[] = [];
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
    log: { info: () => undefined, warn: write("warn"), error: write("error") },
    lines,
  };
}
