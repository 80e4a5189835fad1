import assert from "node:assert/strict";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { checkRivals, checkSeedMap, type Phrases } from "./maps/check-maps.ts";
import { checkSecretComparisons } from "./maps/check-secrets.ts";
import { SEED_PHRASES } from "./maps/seed-phrases.ts";
import { testsIn } from "./maps/test-names.ts";
import { readTree, sampleTree, type Tree } from "./tidy/tree.ts";

const tree = readTree(dirname(import.meta.dirname));
const RIVALS = "docs/rivals.md";
const SEED_MAP = "docs/seed-map.md";

function assertNone(problems: readonly string[]): void {
  assert.equal(problems.length, 0, `${problems.length} problem(s):\n  ${problems.join("\n  ")}`);
}

test("W52 docs/rivals.md has every number, and cites tests that exist", () => {
  assertNone(checkRivals(tree, RIVALS, 61));
});

test("docs/seed-map.md has a row for everything that was asked for, with places and tests that exist", () => {
  assertNone(checkSeedMap(tree, SEED_MAP, SEED_PHRASES));
});

test("signatures and tokens are compared in constant time", () => {
  assertNone(checkSecretComparisons(tree));
});

test("every attempt in the threat model says what stops it and has room for what is left", () => {
  assertNone(checkThreats(tree.files.get("docs/threat-model.md") ?? ""));
});

/** Rows of the tables `| attempt | what stops it | left |` that do not say what stops it. */
function checkThreats(text: string): string[] {
  const rows = text.split("\n").filter((line) => line.startsWith("|") && !/^\| *-/.test(line));
  const cells = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const problems = cells
    .filter((cell) => cell.length !== 3 || cell[0] === "" || cell[1] === "")
    .map((cell) => `no answer to: ${cell.join(" | ")}`);
  return rows.length > 20 ? problems : [...problems, `only ${rows.length} rows`];
}

const TESTS = [
  'test("W1 the tag comes off", () => {});',
  "for (const what of list) test(`W2 ${what} is refused and raised`, () => {});",
  'test("something else", () => {});',
].join("\n");
const GOOD_RIVALS = [
  "- **W1** a tag stayed on → it comes off → `src/a.test.ts: W1 the tag comes off`",
  "- **W2** a start was believed → it is refused → `src/a.test.ts: W2 a late start is refused and raised`; _later: AWS (the rest)_",
  "- **W3** no dashboard sign-in worked → none yet → _later: dashboard_",
];
const PHRASES: Phrases = { "Security features": ["fail closed", "two tags"], Lessons: ["fail closed"] };
const GOOD_SEED = [
  "## Security features",
  "- **fail closed** everywhere → `src/a.ts` → `src/a.test.ts: something else`",
  "- **two tags** → `src` → `src/a.test.ts: W1 the tag comes off`; _later: Mac agent_",
  "## Lessons",
  "- **fail closed** → not yet → _later: AWS_",
];

/** A tree with these documents and `src/a.test.ts`. */
function sample(docs: Readonly<Record<string, readonly string[]>>, tests = TESTS): Tree {
  const texts = Object.entries(docs).map(([path, lines]) => [path, lines.join("\n")] as const);
  return sampleTree({ ...Object.fromEntries(texts), "src/a.test.ts": tests, "src/a.ts": "" });
}

/** The good lines with one of them changed. */
function changed(lines: readonly string[], from: string, to: string): string[] {
  assert.ok(lines.join("\n").includes(from), from);
  return lines.join("\n").replace(from, to).split("\n");
}

describe("the check of docs/rivals.md bites", () => {
  const problems = (lines: readonly string[], tests?: string) =>
    checkRivals(sample({ [RIVALS]: lines }, tests), RIVALS, 3).join("\n");

  test("good rows pass", () => assert.equal(problems(GOOD_RIVALS), ""));

  const bad: readonly (readonly [what: string, lines: readonly string[], says: RegExp, tests?: string])[] = [
    ["no document", [], /W1 has 0 rows[^]*W3 has 0 rows/],
    ["a number missing", GOOD_RIVALS.slice(0, 2), /W3 has 0 rows/],
    ["a number doubled", [...GOOD_RIVALS, GOOD_RIVALS[2] ?? ""], /W3 has 2 rows/],
    ["a number that is none", [...GOOD_RIVALS, "- **W4** a → b → _later: AWS_"], /W4 is no W-number/],
    [
      "a file that is not there",
      changed(GOOD_RIVALS, "src/a.test", "src/b.test"),
      /b\.test\.ts, which is no file/,
    ],
    [
      "a test that is not there",
      changed(GOOD_RIVALS, "comes off`", "stays`"),
      /does not have: W1 the tag stays/,
    ],
    ["a test that is skipped", GOOD_RIVALS, /does not have: W1/, TESTS.replace('test("W1', 'test.skip("W1')],
    ["a test that is a comment", GOOD_RIVALS, /does not have: W1/, TESTS.replace('test("W1', '// test("W1')],
    [
      "a test that is only text",
      GOOD_RIVALS,
      /does not have: W1/,
      TESTS.replace('test("W1 the tag comes off"', "f('test(\"W1 the tag comes off\"')"),
    ],
    [
      "a name of more than the file's",
      changed(GOOD_RIVALS, "is refused and raised`", "is refused`"),
      /does not have: W2 a late start/,
    ],
    [
      "no test with the number",
      changed(GOOD_RIVALS, "W1 the tag comes off`", "something else`"),
      /cites no test that carries/,
    ],
    [
      "a numbered test that is not cited",
      GOOD_RIVALS,
      /W3 in "src\/a\.test\.ts: W3 a new one" is not cited/,
      `${TESTS}\ntest("W3 a new one", () => {});`,
    ],
    [
      "a numbered test cited elsewhere",
      changed(GOOD_RIVALS, "_later: dashboard_", "`src/a.test.ts: W1 the tag comes off`"),
      /cites no test that carries/,
    ],
    [
      "neither test nor later part",
      changed(GOOD_RIVALS, "_later: dashboard_", ""),
      /has 2 parts|names neither/,
    ],
    [
      "a claim in words",
      changed(GOOD_RIVALS, "_later: dashboard_", "done"),
      /neither a test nor a later part: done/,
    ],
    [
      "an unknown later part",
      changed(GOOD_RIVALS, "dashboard_", "some day_"),
      /no later part of ours: some day/,
    ],
    ["an arrow missing", changed(GOOD_RIVALS, "a tag stayed on → it", "a tag stayed on, it"), /2 parts/],
    ["nothing said", changed(GOOD_RIVALS, "none yet", ""), /does not say|parts/],
  ];
  for (const [what, lines, says, tests] of bad) {
    test(`${what} is reported`, () => assert.match(problems(lines, tests), says));
  }
});

describe("the check of docs/seed-map.md bites", () => {
  const problems = (lines: readonly string[]) =>
    checkSeedMap(sample({ [SEED_MAP]: lines }), SEED_MAP, PHRASES).join("\n");

  test("good rows pass", () => assert.equal(problems(GOOD_SEED), ""));

  const bad: readonly (readonly [what: string, lines: readonly string[], says: RegExp])[] = [
    ["no document", [], /"two tags" under "Security features" has 0 rows/],
    ["a row missing", GOOD_SEED.slice(0, 4), /"fail closed" under "Lessons" has 0 rows/],
    [
      "a row under another heading",
      changed(GOOD_SEED, "## Lessons", "## Learned"),
      /under "Lessons" has 0 rows/,
    ],
    ["a row doubled", [...GOOD_SEED, GOOD_SEED[4] ?? ""], /has 2 rows/],
    ["a row nobody asked for", [...GOOD_SEED, "- **more** → `src` → _later: AWS_"], /more was not asked for/],
    [
      "a place that is not there",
      changed(GOOD_SEED, "`src/a.ts`", "`src/b.ts`"),
      /in src\/b\.ts, which does not exist/,
    ],
    ["no place", changed(GOOD_SEED, "`src/a.ts`", "everywhere"), /says not where it is/],
    [
      "a test that is not there",
      changed(GOOD_SEED, "something else", "something other"),
      /does not have: something other/,
    ],
    [
      "neither test nor later part",
      changed(GOOD_SEED, "_later: AWS_", "`soon`"),
      /soon, which is no file of tests/,
    ],
  ];
  for (const [what, lines, says] of bad) {
    test(`${what} is reported`, () => assert.match(problems(lines), says));
  }
});

describe("reading the names of tests", () => {
  const names = (source: string) => testsIn(source).map(({ name }) => name);

  test("every way of declaring one is seen, and nothing else", () => {
    const source = [
      'test("one", () => {});',
      "test('two \\'quoted\\'', async () => {});",
      'rule(makeStore, "three", async () => {});',
      'story("four", async () => {});',
      '  test(\n    "five (5)",\n    () => {},\n  );',
      'test.todo("no"); t.test("no"); latest("no"); // test("no")',
      "const text = 'test(\"no\")';",
    ].join("\n");
    assert.deepEqual(names(source), ["one", "two 'quoted'", "three", "story: four", "five (5)"]);
  });

  test("a name put together when it runs fits what it can become, if enough of it is fixed", () => {
    const [long, short] = testsIn("test(`${what} is refused (${status}) again`, f); test(`${a}: ${b}`, f);");
    assert.equal(long?.fits("a key is refused (401) again"), true);
    assert.equal(long?.fits("a key is refused again"), false);
    assert.equal(long?.fits(" is refused (401) again"), false);
    assert.equal(short?.fits("anything: at all"), false);
  });
});

describe("the check of secrets bites", () => {
  const problems = (source: string, path = "src/http/device-auth.ts") =>
    checkSecretComparisons(sampleTree({ [path]: source })).join("\n");

  test("a secret compared with === is reported, and a proof without the constant-time comparison", () => {
    assert.match(problems("if (given === token) timingSafeEqual(a, b);"), /with ===: .*token/);
    assert.match(problems("if (request.signature !== expected) f();", "src/http/x.ts"), /request\.signature/);
    assert.match(problems("const a = 1;"), /does not call timingSafeEqual/);
    assert.match(problems("// timingSafeEqual(a, b)"), /does not call/);
  });

  test("what gives nothing away is let through", () => {
    const source =
      'if (token === undefined || kind === "token" || tokens.length === 0) timingSafeEqual(a, b);';
    assert.equal(problems(source), "");
    assert.equal(problems('if (secret !== "") f();', "src/app/x.ts"), "");
  });
});

test("the check of the threat model bites", () => {
  const row = "| an attempt | an answer | what is left |";
  const many = (last: string) => [...Array.from({ length: 21 }, () => row), last].join("\n");
  assert.deepEqual(checkThreats(many(row)), []);
  assert.match(checkThreats(many("| an attempt |  | much |")).join(), /no answer to: an attempt/);
  assert.match(checkThreats(many("| an attempt | an answer |")).join(), /no answer/);
  assert.match(checkThreats(row).join(), /only 1 rows/);
});
