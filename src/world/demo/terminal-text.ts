import type { StoryLine } from "./snapshot.ts";

const WHO_WIDTH = 12;
const NARROW = 60;

/** How lines are written to a terminal of this many columns. */
export interface TerminalStyle {
  readonly columns: number;
  /** Whether the terminal shows bold and grey. */
  readonly hasStyles: boolean;
  time(at: number): string;
}

/** Time, who, what, in columns; long lines go on below their beginning. */
export function storyText(line: StoryLine, style: TerminalStyle): string {
  const time = style.time(line.at);
  const indent = time.length + 2 + WHO_WIDTH;
  const what = wrap(oneLine(line.what), Math.max(NARROW, style.columns) - indent - 2).join(
    `\n${" ".repeat(indent + 2)}`,
  );
  return `  ${grey(time, style)}  ${bold(oneLine(line.who).padEnd(WHO_WIDTH), style)}${what}`;
}

/** What can be clicked once the story is over. */
export function invitation(url: string, style: TerminalStyle): string {
  const rows = [
    ["Mac", "Ask for rights; type sudo commands; cut the network, close the lid, restart."],
    ["Slack", "Be Ben or Carla and approve, deny or revoke. Try it as Anna or Dan: refused."],
    ["Audit trail", "Open an entry: each is chained to the one before it by its hash."],
    ["Top", "Set the speed of time, play again, start afresh."],
  ] as const;
  return [
    "",
    `  ${bold("Your turn.", style)} Open ${url}`,
    ...rows.map(([where, what]) => `  ${bold(where.padEnd(WHO_WIDTH), style)}${what}`),
    `  ${grey("Ctrl-C ends the demo; nothing of it is kept.", style)}`,
    "",
  ].join("\n");
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Nothing that people wrote may move the cursor or colour the terminal. */
function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

function bold(text: string, { hasStyles }: TerminalStyle): string {
  return hasStyles ? `\u001b[1m${text}\u001b[22m` : text;
}

function grey(text: string, { hasStyles }: TerminalStyle): string {
  return hasStyles ? `\u001b[2m${text}\u001b[22m` : text;
}
