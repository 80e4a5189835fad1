import { join } from "node:path";
import test from "node:test";
import { expectGolden } from "../../../test/kit/golden.ts";
import type { AgentRecord } from "./record.ts";
import type { Step } from "./steps.ts";
import { ALICE, BOB, look, pass, REQUEST } from "./testing/bench.ts";
import { HAPPENINGS, type Happening } from "./testing/happenings.ts";
import * as scenes from "./testing/scenes.ts";
import { answerAll } from "./testing/honest-world.ts";

/**
 * Every step of the brain as text to be read: for each scene what it does, says and reports when something happens,
 * and what follows by itself. A change of wording, of an order of steps or of a delay shows in `golden/SCENE.txt`, which
 * `UPDATE_GOLDEN=1` writes anew.
 */

type Scene = scenes.Scene;
/** What is done and said, in lines, at each look. */
type Course = readonly ReadonlySet<string>[];
const NOTHING: ReadonlySet<string> = new Set();

const POLLS = { longPoll: true, delivery: "direct", grant: "directory", endProcesses: "report" } as const;
const OPEN = { privileges: { installed: true, unlocked: true } };

/** Each scene with the one it resembles: only what is different there is written down. */
const SCENES: Readonly<Record<string, readonly [begin: () => Scene, like?: string]>> = {
  "just started": [scenes.started],
  idle: [scenes.idle],
  "idle while Privileges is open": [() => scenes.idle({}, OPEN), "idle"],
  asked: [scenes.asked],
  pending: [scenes.pending],
  "pending where polls are held": [() => scenes.pending(POLLS), "pending"],
  approved: [scenes.approved, "pending"],
  "approved and not delivered": [scenes.undelivered, "approved"],
  "approved for somebody who is not at the console": [
    () => scenes.approved({}, { console: { atConsole: 502, sessions: [502] } }),
    "approved",
  ],
  preparing: [scenes.preparing],
  arming: [scenes.arming, "preparing"],
  granting: [scenes.granting],
  "granting by the directory, whose tools do not work": [() => scenes.granting(POLLS), "granting"],
  given: [scenes.given],
  active: [scenes.active, "given"],
  "active where polls are held": [() => scenes.active(20, POLLS), "active"],
  "active until its last minutes": [() => scenes.active(400), "active"],
  stuck: [scenes.stuck],
  ending: [scenes.ending],
  "ending where processes are only named": [() => scenes.ending(POLLS), "ending"],
  comparing: [scenes.comparing],
  owing: [scenes.owing],
};

/** What follows by itself, looked at so many seconds after one another. */
const FOLLOW_UP_SECONDS = [1, 4, 12];

const PEOPLE: readonly (readonly [id: string, name: string])[] = [
  [REQUEST, "REQUEST"],
  [ALICE.generatedUid, "ALICE"],
  [BOB.generatedUid, "BOB"],
];
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b/g;

/** Names for ids, and times counted from the scene's beginning, so that scenes can be compared. */
function inWords({ bench: { now, record, memory } }: Scene): (text: string) => string {
  const arm = record.session?.armId ?? memory.preparation?.armId;
  const names = new Map([...PEOPLE, ...(arm === undefined ? [] : [[arm, "ARM"] as const])]);
  const since = (label: string, size: number) => `"${label}${size < 0 ? "" : "+"}${size}"`;
  return (text) =>
    text
      .replaceAll(ID, (id) => names.get(id) ?? "#")
      .replaceAll(/"boot-\d+"/g, (boot) =>
        boot === `"${now.bootSession}"` ? '"this boot"' : '"another boot"',
      )
      .replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (_, iso: string) =>
        since("wall", (Date.parse(iso) - now.wall) / 1000),
      )
      .replaceAll(/\b179\d{10}\b/g, (wall) => since("wall", (Number(wall) - now.wall) / 1000))
      .replaceAll(
        /((?:Seconds|Awake)"?[: ])(\d{4}(?:\.\d+)?)\b/g,
        (_, key: string, at: string) => key + since("now", Number(at) - now.continuousSeconds),
      );
}

/** The parts of the record that are no longer what they were, as `path value`. */
function changes(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  // What is owed is told when it is sent.
  if (path === "outbox") return [`${(after as unknown[]).length} owed`];
  const isPart = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPart(before) || !isPart(after)) return [`${path} ${JSON.stringify(after) ?? "gone"}`];
  const keys = new Set([...Object.keys(before as object), ...Object.keys(after as object)]);
  return [...keys].flatMap((key) =>
    changes(
      (before as Record<string, unknown>)[key],
      (after as Record<string, unknown>)[key],
      path === "" ? key : `${path}.${key}`,
    ),
  );
}

function lineOf(step: Step, saved: AgentRecord): string {
  switch (step.do) {
    case "save_record":
      return `save ${changes(saved, step.record).join("; ")}`;
    case "call": {
      const { name, ...ask } = step.call;
      return `call ${name} ${JSON.stringify(ask)} within ${step.limitSeconds} s`;
    }
    default: {
      const { do: what, ...rest } = step;
      return `${what} ${JSON.stringify(rest)}`.replace(/ \{\}$/, "");
    }
  }
}

/** What the brain does at this moment and when it wants to look again; a step done several times is told once. */
function lookOnce({ bench }: Scene): string[] {
  const counts = new Map<string, number>();
  const tellLine = (line: string) => void counts.set(line, (counts.get(line) ?? 0) + 1);
  bench.onStep = (step, saved) => tellLine(lineOf(step, saved));
  look(bench);
  bench.onStep = undefined;
  const { wakeInSeconds } = bench;
  tellLine(`look again ${wakeInSeconds === undefined ? "when something happens" : `in ${wakeInSeconds} s`}`);
  return [...counts].map(([line, count]) => (count === 1 ? line : `${line} (${count} times)`));
}

/** What the brain does when this happens, and what follows: one list of lines for each look. */
function follow(scene: Scene, happening: Happening): Course {
  const words = inWords(scene);
  happening(scene);
  const looks = [lookOnce(scene)];
  for (const seconds of FOLLOW_UP_SECONDS) {
    pass(scene.bench, seconds);
    answerAll(scene.bench, scene.told);
    looks.push(lookOnce(scene));
  }
  return looks.map((lines) => new Set(lines.map(words)));
}

/** What a step is called. */
function nameOf(line: string): string {
  return /^(?:call \w+|\w+)/.exec(line)?.[0] ?? line;
}

/** How one course differs from another: `+` what is done besides, `-` what is not done; empty when it does not. */
function difference(course: Course, other: Course): string {
  return course
    .flatMap((lines, index) => {
      const before = other[index] ?? NOTHING;
      const more = [...lines.difference(before)].map((line) => `  + ${line}`);
      const gone = new Set([...before.difference(lines)].map(nameOf));
      const less = gone.size === 0 ? [] : [`  - ${[...gone].join(", ")}`];
      return more.length + less.length === 0 ? [] : [...laterAt(index), ...more, ...less];
    })
    .join("\n");
}

/** A course as a whole. */
function whole(course: Course): string {
  return course
    .flatMap((lines, index) => [...laterAt(index), ...[...lines].map((line) => `  ${line}`)])
    .join("\n");
}

function laterAt(index: number): readonly string[] {
  return index === 0 ? [] : [` ${FOLLOW_UP_SECONDS[index - 1]} s later`];
}

function coursesIn(scene: Scene): ReadonlyMap<string, Course> {
  const happenings: [string, Happening][] = [["nothing happens", () => {}], ...Object.entries(HAPPENINGS)];
  return new Map(happenings.map(([what, happening]) => [what, follow(scenes.copyOf(scene), happening)]));
}

/** A course told by what sets it apart from the one of `known` that is most like it, or as a whole. */
function answerOf(course: Course, known: readonly (readonly [what: string, course: Course])[]): string {
  let answer = whole(course);
  for (const [what, other] of known) {
    const apart = difference(course, other);
    const text = apart === "" ? `  as when ${what}` : `  as when ${what}, but\n${apart}`;
    if (text.length < answer.length) answer = text;
  }
  return answer;
}

function tell(name: string, begin: () => Scene, base: string | undefined): string {
  const alike = base === undefined ? undefined : coursesIn(sceneOf(base));
  const known: [string, Course][] = [];
  const told = new Map<string, string[]>();
  for (const [what, course] of coursesIn(begin())) {
    const before = alike?.get(what);
    if (before !== undefined && difference(course, before) === "") continue;
    const likes = before === undefined ? known : [...known, [String(base), before] as const];
    const answer = answerOf(course, likes);
    if (!answer.startsWith("  as when ") || answer.includes("\n")) known.push([what, course]);
    told.set(answer, [...(told.get(answer) ?? []), what]);
  }
  const blocks = [...told].map(([answer, whats]) => `${whats.join("\n")}\n${answer}\n`);
  const like = base === undefined ? "" : `; all else as when ${base}`;
  return [`${name}: what the agent does when something happens${like}`, "", ...blocks].join("\n");
}

function sceneOf(name: string): Scene {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`there is no scene "${name}"`);
  return scene[0]();
}

for (const [name, [begin, base]] of Object.entries(SCENES)) {
  test(`${name}: whatever happens, the agent does and says what was read and agreed to`, () => {
    expectGolden(join(import.meta.dirname, "golden"), name, tell(name, begin, base));
  });
}
