/** What stands for a secret. */
export const HIDDEN = "[redacted]";

const SECRET_NAME =
  /token|secret|password|passwd|authorization|cookie|api-?_?key|device-?_?key|signature|\bpin\b/i;

/** True for the name of a field whose value is never written, whatever it looks like. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Text that looks like one of the secrets we handle. */
const SECRET_PATTERNS: readonly RegExp[] = [
  // Slack tokens (docs.slack.dev/authentication/tokens): xoxb-, xoxp-, xoxe.xoxb-1-, xapp-, xwfp- …
  /\bx(?:ox[a-z]|app|wfp)(?:\.xox[a-z])?-[A-Za-z0-9.-]+/g,
  // Slack's response URLs: whoever has one can write into the channel.
  /\bhooks\.slack\.com\/\S+/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi,
  /\b(?:x-api-key|x-enrollment-token|x-slack-signature|authorization)["']?\s*[:=]\s*["']?[^\s"',;]+/gi,
  // Our own secrets: 256 bits as base64url (src/ports/ids.ts), which practically always hold a capital letter; ids
  // and hashes never do.
  /(?<![A-Za-z0-9_-])(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/g,
];

/** Matches whatever any of the patterns matches, and a little more: most text is passed after this one look. */
const SUSPECT =
  /x(?:ox|app|wfp)|hooks\.slack|bearer|basic|x-api-key|x-enrollment|x-slack|authorization|(?<![\w-])[\w-]{43}/i;

/**
 * A value fit for the log: text with everything that is or looks like a secret replaced by `[redacted]`. This is a
 * belt; the braces are that nobody logs secrets, bodies or headers.
 */
export function redact<T>(value: T, secrets: readonly string[]): T | string {
  if (typeof value !== "string") return value;
  let known: string = value;
  for (const secret of secrets) {
    if (secret.length <= known.length && known.includes(secret)) known = known.replaceAll(secret, HIDDEN);
  }
  if (!SUSPECT.test(known)) return known;
  return SECRET_PATTERNS.reduce((text, pattern) => text.replaceAll(pattern, HIDDEN), known);
}
