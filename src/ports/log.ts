/** Values of one structured log line. Callers never pass secrets, log lines of a session, or bodies. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The service's own operating log (not the audit trail, not a session's command log). */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
