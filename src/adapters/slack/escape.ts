/**
 * Text of people inside Slack messages (law L10). Text is stored raw; it becomes safe here, at the point of output.
 * Where a whole text object is a person's own words, `plain_text` with `plainWords` is the first choice: Slack
 * reads no markup there. Short values inside our own sentences go through `inlineCode`; everything else that stands
 * in mrkdwn goes through `escapeMrkdwn`.
 */

/** Stands where text was cut. */
export const ELLIPSIS = "…";

// Control characters, and the characters that turn the direction of writing: with them a reason could be made to
// read as something else ("Trojan Source", CVE-2021-42574).
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/gu;
const DIRECTION_CHANGES = /[\u202a-\u202e\u2066-\u2069]/gu;
const LINE_BREAKS = /\r\n?|[\u0085\u2028\u2029]/gu;

// Slack has no escape for its format characters, so each becomes a look-alike that Slack does not read.
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "*": "\u2217",
  _: "\u02cd",
  "~": "\u223c",
  "`": "\u02cb",
};
const EMOJI_CODE_COLON = /:(?=[a-z0-9_'+-]+:)/giu;
const RATIO = "\u2236";

/**
 * A person's words for a `plain_text` object: without control characters (line feeds stay) and without characters
 * that change the direction of writing; ill-formed Unicode is mended.
 */
export function plainWords(text: string): string {
  return text.toWellFormed().replace(LINE_BREAKS, "\n").replace(DIRECTION_CHANGES, "").replace(CONTROLS, " ");
}

/** `plainWords` on one line. */
export function singleLine(text: string): string {
  return plainWords(text).replace(/\s*\n\s*/gu, " ");
}

/**
 * A person's words inside mrkdwn, on one line: `&`, `<` and `>` as entities (docs.slack.dev, "Formatting message
 * text"), so that no mention, link or date can be made; bold, italic, strike and code marks and emoji codes as
 * look-alikes. One line, because a line that begins with `>` is a quotation even when escaped.
 */
export function escapeMrkdwn(text: string): string {
  return singleLine(text)
    .replace(EMOJI_CODE_COLON, RATIO)
    .replace(/[&<>*_~`]/gu, (character) => LOOK_ALIKES[character] ?? "");
}

/** A short value such as a Mac's name as inline code in mrkdwn: exact but for backticks; never empty. */
export function inlineCode(text: string, maxLength = 120): string {
  const words = singleLine(text).replaceAll("`", "\u02cb").trim();
  return `\`${clip(words === "" ? "-" : words, maxLength, escapeEntities)}\``;
}

/**
 * The beginning of `text`, escaped, with an ellipsis where it was cut, at most `maxLength` long as Slack counts
 * (UTF-16 units of what is sent). Cuts between code points and never inside an entity.
 */
export function clip(
  text: string,
  maxLength: number,
  escape: (text: string) => string = (part) => part,
): string {
  const whole = escape(text);
  if (whole.length <= maxLength) return whole;
  // The cut is searched in the raw text and the rest escaped as a whole: marks such as emoji codes span characters.
  const codePoints = [...text];
  const room = maxLength - ELLIPSIS.length;
  let fits = 0;
  let tooMany = codePoints.length;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (escape(codePoints.slice(0, middle).join("")).length <= room) fits = middle;
    else tooMany = middle;
  }
  return escape(codePoints.slice(0, fits).join("")).trimEnd() + ELLIPSIS;
}

function escapeEntities(text: string): string {
  return text.replace(/[&<>]/gu, (character) => LOOK_ALIKES[character] ?? "");
}
