import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseEnv } from "node:util";
import { SETTING_NAMES, SETTINGS } from "./catalogue.ts";
import { renderEnvExample, renderHelp, renderProblems } from "./describe.ts";
import { parseSettings } from "./settings.ts";
import type { Setting } from "./setting.ts";

const file = readFileSync(join(import.meta.dirname, "../../../.env.example"), "utf8");
const rows = [...file.matchAll(/^(#?)([A-Za-z_0-9]+)=(.*)$/gm)].map(([, mark, name, value]) => ({
  isComment: mark === "#",
  name: name ?? "",
  value: value ?? "",
}));

describe(".env.example", () => {
  test("is what the settings say about themselves (else run: node scripts/env-example.ts)", () => {
    assert.equal(file, renderEnvExample());
  });

  test("lists exactly the known settings, each once", () => {
    assert.deepEqual(
      rows.map((row) => row.name),
      SETTING_NAMES,
    );
  });

  test("shows each default, and leaves what has to be given empty", () => {
    for (const { isComment, name, value } of rows) {
      const setting: Setting<unknown> = SETTINGS[name as keyof typeof SETTINGS];
      assert.equal(isComment, !setting.isRequired, name);
      if (setting.isRequired) assert.equal(value, "", name);
      if (setting.fallback !== undefined) assert.equal(value, setting.fallback, name);
    }
  });

  test("L9 copied as it is, it starts nothing and says what is missing", () => {
    const outcome = parseSettings(parseEnv(file));
    assert.ok(!outcome.ok);
    assert.deepEqual(
      outcome.problems.map(({ name }) => name),
      SETTING_NAMES.filter((name) => SETTINGS[name].isRequired),
    );
    for (const { message } of outcome.problems) assert.match(message, /^is missing\. /);
  });

  test("L12 with the marks taken off, every example of a secret is refused", () => {
    const uncommented = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    for (const name of SETTING_NAMES) {
      const setting: Setting<unknown> = SETTINGS[name];
      if (!setting.isSecret || setting.example === undefined) continue;
      const outcome = parseSettings({ ...uncommented, [name]: setting.example });
      assert.ok(!outcome.ok);
      const own = outcome.problems.find((problem) => problem.name === name);
      assert.match(own?.message ?? "", /still the example/, name);
    }
  });

  test("every default and every example that is no secret is accepted", () => {
    for (const name of SETTING_NAMES) {
      const setting: Setting<unknown> = SETTINGS[name];
      const text = setting.fallback ?? (setting.isSecret ? undefined : setting.example);
      if (text !== undefined) assert.ok(setting.schema.safeParse(text).success, name);
    }
  });
});

describe("--help and the list of problems", () => {
  test("the help names every setting, the needed ones first", () => {
    const help = renderHelp();
    const at = (name: string) => help.search(new RegExp(`^  ${name}( \\[|$)`, "m"));
    for (const name of SETTING_NAMES) assert.ok(at(name) > 0, name);
    assert.ok(
      at("IRU_API_TOKEN") < help.indexOf("Optional") && help.indexOf("Optional") < at("HALLPASS_PORT"),
    );
  });

  test("each problem has its line", () => {
    const text = renderProblems([
      { name: "HALLPASS_PORT", message: "must be a number" },
      { name: "IRU_API_TOKEN", message: "is missing" },
    ]);
    assert.equal(
      text,
      "hallpass: 2 settings are wrong, so nothing was started.\n  HALLPASS_PORT must be a number\n  IRU_API_TOKEN is missing\n",
    );
  });
});
