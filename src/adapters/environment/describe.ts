import { SETTING_NAMES, type SettingName, SETTINGS } from "./catalogue.ts";
import type { Setting } from "./setting.ts";
import type { SettingProblem } from "./settings.ts";

const WIDTH = 100;

const HEAD = `Settings of "npm run serve". Copy this file to .env, fill in what is empty, and keep it readable by the
service's user only (chmod 600): it holds secrets. What stands in the environment already counts before this file.
Lines that begin with # show the default, or an example of a setting that may be left out.`;

/** The text of `.env.example`: every setting with what it is, and its default where it has one. */
export function renderEnvExample(): string {
  const groups = Map.groupBy(SETTING_NAMES, (name) => SETTINGS[name].group);
  const blocks = [...groups].map(([group, names]) => {
    return [`# ---- ${group} ----`, ...names.map(renderSetting)].join("\n\n");
  });
  return `${[comment(HEAD.replaceAll("\n", " ")), ...blocks].join("\n\n")}\n`;
}

function renderSetting(name: SettingName): string {
  const setting: Setting<unknown> = SETTINGS[name];
  const { help, fallback, example, isRequired } = setting;
  if (isRequired) return `${comment(`${help} Such as ${example}`)}\n${name}=`;
  return `${comment(help)}\n#${name}=${fallback ?? example ?? ""}`;
}

function comment(text: string): string {
  return wrap(text, WIDTH - 2)
    .map((line) => `# ${line}`)
    .join("\n");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** What `npm run serve -- --help` prints. */
export function renderHelp(): string {
  const needed = SETTING_NAMES.filter((name) => SETTINGS[name].isRequired);
  const others = SETTING_NAMES.filter((name) => !SETTINGS[name].isRequired);
  const line = (name: SettingName) => {
    const setting: Setting<unknown> = SETTINGS[name];
    const standard = setting.fallback === undefined ? "" : ` [${setting.fallback}]`;
    return `  ${name}${standard}\n      ${wrap(setting.help, WIDTH - 6).join("\n      ")}`;
  };
  return [
    "npm run serve: Hallpass on this machine, with your Slack and your Iru.",
    "",
    "Settings come from the environment or from a file .env beside package.json; see .env.example.",
    "SIGTERM or SIGINT stops it in order, a second one at once. docs/runbook.md says the rest.",
    "",
    "Needed:",
    ...needed.map(line),
    "",
    "Optional, with defaults in brackets:",
    ...others.map(line),
    "",
  ].join("\n");
}

/** Every problem on its line, for the person who starts the service. */
export function renderProblems(problems: readonly SettingProblem[]): string {
  const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
  const lines = problems.map(({ name, message }) => `  ${name} ${message}`);
  return [`hallpass: ${count} wrong, so nothing was started.`, ...lines, ""].join("\n");
}
