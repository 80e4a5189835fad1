/**
 * Takes passwords, tokens and keys out of command lines before they are hashed and leave the Mac (law L12). It
 * errs on the side of taking out too much of an argument, but never more than the argument, so that no other
 * command of the line is hidden. The option names are those of the tools' manual pages.
 *
 * Whoever types the line wants it to take long. So no pattern may look ahead or begin anew over the same text again and
 * again: where one can begin is limited by what stands before it, and what is looked for further on has a limit.
 */

const OUT = "[redacted]";

/** One shell word: quoted, or up to the next space. */
const WORD = String.raw`(?:(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\\.|[^\s'"\\])*|(?:\\.|[^\s'"\\])+)`;
/** Names whose value is a secret. */
const NAME = String.raw`(?:pass(?:word|wd|phrase|code)?|pw|secret|token|bearer|credentials?|api[-_]?key|(?:access|secret|private|auth|account|encryption|recovery|license|session|signing|storage|shared|master)[-_]?key(?:[-_]?id)?|client[-_]?secret|sas|sig|signature)`;
/** A value that is plainly the path of a key file, which is worth seeing. */
const KEY_FILE = String.raw`(?!['"]?[~.]{0,2}\/[\w./-]*\.(?:pem|key|crt|cer|p8|p12|json|txt|pub)['"]?(?:\s|$))`;
/** Not inside a word. */
const EDGE = String.raw`(?<![\w-])`;
/** `user:password` follows. */
const HAS_COLON = String.raw`(?=[^\s:]{0,256}:)`;

interface Rule {
  /** Tried only on lines that hold this; a cheap look that also ties options to their tool. */
  readonly when?: RegExp;
  readonly pattern: RegExp;
  readonly put: string | ((found: string) => string);
}

/** `after` is kept, what follows it goes. */
function rule(after: string, value: string, when?: RegExp, flags = "gi"): Rule {
  const pattern = new RegExp(`(${after})(?:${value})`, flags);
  return { pattern, put: `$1${OUT}`, ...(when === undefined ? {} : { when }) };
}

/** An option of one tool and the word behind it. */
function option(tool: string, names: string, glue = String.raw`\s+`): Rule {
  return rule(`(?<=\\s)(?:${names})${glue}`, WORD, new RegExp(`(?<![\\w.-])(?:${tool})(?![\\w-])`), "g");
}

const SAID = new RegExp(String.raw`((?:echo|printf)\s+(?:-n\s+)?)(?:${WORD})`, "gi");

const RULES: readonly Rule[] = [
  // Key material and whole tokens known by their shape.
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    put: OUT,
  },
  shapes(
    String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
    String.raw`gh[pousr]_[A-Za-z0-9]{20,}`,
    String.raw`github_pat_\w{20,}`,
    String.raw`glpat-[\w-]{15,}`,
    String.raw`x(?:ox[abeprs]|app)-[\w-]{10,}`,
    String.raw`[sr]k_(?:live|test)_\w{10,}`,
    String.raw`sk-[\w-]{16,}`,
    String.raw`AIza[\w-]{35}`,
    String.raw`ya29\.[\w-]{10,}`,
    String.raw`eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`,
    String.raw`npm_[A-Za-z0-9]{30,}`,
    String.raw`pypi-[\w-]{30,}`,
    String.raw`hf_[A-Za-z0-9]{20,}`,
    String.raw`dop_v1_[0-9a-f]{40,}`,
    String.raw`ATATT[\w=-]{20,}`,
    String.raw`hv[sbr]\.[\w-]{20,}`,
    String.raw`AGE-SECRET-KEY-1[0-9A-Z]{20,}`,
    // A FileVault recovery key.
    String.raw`(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}(?![\w-])`,
    // 256 random bits as base64url, such as a Mac's own key.
    String.raw`(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w/.-])`,
  ),
  rule(String.raw`hooks\.slack\.com\/services\/`, String.raw`[^\s'"]+`),

  // URLs.
  {
    pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/|(?<![\w:/])\/\/)([^\s/:@'"]*):[^\s/'"]+@/gi,
    put: `$1$2:${OUT}@`,
  },
  { pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/:@'"]{16,}@/gi, put: `$1${OUT}@` },
  rule(String.raw`[?&](?:[\w.]|-)*${NAME}=|[?&](?:key|code|auth)=`, String.raw`[^\s&'"]+`),

  // Headers.
  rule(
    String.raw`authorization:\s*(?:(?:bearer|basic|token|digest|apikey|negotiate)\s+)?`,
    String.raw`[^\s'"]+`,
  ),
  rule(String.raw`${EDGE}(?:set-)?cookie:\s*`, String.raw`[^'"\n]+`),
  rule(String.raw`${EDGE}(?:[a-z]+-)*${NAME}:\s*`, String.raw`[^\s'"]+`),

  // JSON, also with escaped quotes.
  rule(
    String.raw`\\?["'][\w-]*${NAME}\\?["']\s*:\s*`,
    String.raw`\\"(?:[^"\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,}'"\\]+`,
  ),

  // A whole quoted argument: '--password=two words'.
  rule(String.raw`'-{1,2}[\w-]*${NAME}=`, String.raw`(?:[^'\\]|\\.)*(?=')`),
  rule(String.raw`'\w*${NAME}=`, String.raw`(?:[^'\\]|\\.)*(?=')`),
  // Options: --db-password X, --token=X, -newPassword X.
  rule(String.raw`(?<![\w-])--?(?:[\w-]*[-_])?${NAME}(?:=|\s+)(?!-)${KEY_FILE}`, WORD),
  rule(
    String.raw`(?<![\w-])-[a-z]*(?:Password|Passwd|Passphrase|Secret|Token)(?:=|\s+)(?!-)`,
    WORD,
    undefined,
    "g",
  ),
  // Assignments: DB_PASSWORD=X, password=X; sudo's own PWD= is a folder.
  rule(
    String.raw`(?<![a-z\d-])(?!(?<![_.])PWD=)(?:${NAME}|pwd|auth)(?:_(?:base64|b64|value|\d+))?=${KEY_FILE}`,
    WORD,
  ),
  rule(String.raw`;\s*(?:Pwd|pwd)=`, String.raw`[^\s;'"]+`, undefined, "g"),
  rule(String.raw`(?<![\w-])(?:--user|--proxy-user)(?:\s+|=)(?!\d+:\d+(?:\s|$))${HAS_COLON}`, WORD),
  rule(String.raw`${EDGE}(?:pass|env):(?=\S)(?!\/\/)`, WORD, /openssl|-passin|-passout/),

  // Tools that take a secret in a way of their own.
  option("curl|wget", "-u|-U", String.raw`\s*${HAS_COLON}`),
  option("mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mariadb-admin", "-p", "(?=[^\\s-])"),
  option(
    String.raw`sshpass|(?:docker|podman|az|oc)\s+login|mongo|mongosh|mongodump`,
    "-p",
    String.raw`\s*(?=[^\s-])`,
  ),
  option("security", "-p|-w|-k|-P"),
  option("redis-cli", "-a"),
  option("ldapsearch|ldapmodify|ldapadd|ldapwhoami", "-w"),
  option("zip|unzip|dscl|dseditgroup", "-P", String.raw`\s*(?=[^\s-])`),
  option("7z|7za|7zz|rar|unrar", "-p", "(?=[^\\s-])"),
  option("pwpolicy|dsconfigad|dsconfigldap|bputil", "-p|-lp"),
  option("openssl", "-k|-K"),
  option("smbclient|rpcclient", String.raw`-U\s+[^\s%]+%`, ""),
  { when: /dscl/, pattern: /(-passwd\s+\S+)((?:\s+(?!;)\S+)+)/g, put: `$1 ${OUT}` },
  { when: /htpasswd/, pattern: /(\s-(?=\w*b)\w+\s+\S+\s+\S+\s+)\S+/g, put: `$1${OUT}` },
  rule(String.raw`-setairportnetwork\s+${WORD}\s+${WORD}\s+`, WORD),
  rule(String.raw`-set\w*proxy\s+${WORD}\s+\S+\s+\d+\s+on\s+${WORD}\s+`, WORD),
  rule(String.raw`setenv\s+\w*${NAME}\s+`, WORD),
  rule(String.raw`defaults\s+write\s+${WORD}\s+[\w.-]*${NAME}\s+(?:-\w+\s+)?`, WORD),
  {
    // A whole command of a pipe, so that the tool it leads to is looked for once.
    pattern: /(?<=^|[|;])[^|;]+(?=\|\s*(?:[^\s|;]*\/)?(?:sudo|su|passwd|security|docker|openssl)\b)/gi,
    put: (command) => command.replace(SAID, `$1${OUT}`),
  },
];

function shapes(...patterns: string[]): Rule {
  return { pattern: new RegExp(`(?<![\\w-])(?:${patterns.join("|")})`, "g"), put: OUT };
}

function replaced(text: string, pattern: RegExp, put: Rule["put"]): string {
  return typeof put === "string" ? text.replace(pattern, put) : text.replace(pattern, put);
}

/** The line without its secrets. Repeating it changes nothing more. */
export function redact(line: string): string {
  let text = line;
  for (const { when, pattern, put } of RULES) {
    if (when === undefined || when.test(text)) text = replaced(text, pattern, put);
  }
  return text;
}
