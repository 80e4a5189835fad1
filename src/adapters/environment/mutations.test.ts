import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { slip } from "../../../test/slip.ts";
import { SETTING_NAMES, type SettingName, SETTINGS } from "./catalogue.ts";
import { type Environment, parseSettings, type Settings } from "./settings.ts";
import type { Setting } from "./setting.ts";

/** What each setting must come to, worked out apart from the parser. `undefined`: it has to be refused. */
interface Meaning {
  readonly good: readonly string[];
  readonly of: (text: string) => unknown;
  readonly read: (settings: Settings) => unknown;
}

const ASCII = /^[!-~]*$/;
const isSecret = (text: string, min: number) => text.length >= min && text.length <= 500 && ASCII.test(text);
const secretOf = (min: number) => (text: string) => (isSecret(text, min) ? text : undefined);
const isUser = (text: string) => /^[UW][A-Z0-9]{2,20}$/.test(text);
const entriesOf = (text: string) => text.split(",").map((entry) => entry.trim());

function users(text: string): unknown {
  const entries = entriesOf(text);
  return entries.every(isUser) ? [...new Set(entries)] : undefined;
}

function numbers(min: number, max: number, unitMs: number): Meaning["of"] {
  return (text) => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value * unitMs : undefined;
  };
}

const wordOf =
  (...words: readonly string[]) =>
  (text: string) =>
    words.find((word) => word === text);

const tagOf = (text: string) =>
  text.length <= 100 && text.isWellFormed() && ![...text].some((c) => c < " " || c === "\u007f" || c === ",")
    ? text
    : undefined;

function httpsOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, username, password, search, hash, origin, pathname } = new URL(text);
  const isLocal = protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  if ((protocol !== "https:" && !isLocal) || `${username}${password}${search}${hash}` !== "")
    return undefined;
  let base = `${origin}${pathname}`;
  while (base.endsWith("/")) base = base.slice(0, -1);
  return base;
}

const MEANINGS: Partial<Record<SettingName, Meaning>> = {
  HALLPASS_PORT: { good: ["4100", "80"], of: numbers(1, 65_535, 1), read: (s) => s.port },
  HALLPASS_ENROLLMENT_TOKENS: {
    good: ["first-enrolment-token-000", "first-enrolment-token-000,second-enrolment-token-00"],
    of: (text) => {
      const entries = entriesOf(text);
      return entries.every((entry) => isSecret(entry, 20)) ? [...new Set(entries)] : undefined;
    },
    read: (s) => s.enrollmentTokens,
  },
  SLACK_BOT_TOKEN: {
    good: ["xoxb-0000-bot-token-0000"],
    of: (text) => (text.startsWith("xoxb-") ? secretOf(20)(text) : undefined),
    read: (s) => s.slack.botToken,
  },
  SLACK_SIGNING_SECRET: {
    good: ["signing-secret-0000"],
    of: secretOf(16),
    read: (s) => s.slack.signingSecrets[0],
  },
  SLACK_IT_CHANNEL_ID: {
    good: ["C0123ABCDEF"],
    of: (text) => (/^[CG][A-Z0-9]{5,20}$/.test(text) ? text : undefined),
    read: (s) => s.slack.channelId,
  },
  SLACK_API_URL: {
    good: ["https://slack.com/api/", "http://127.0.0.1:4003/api"],
    of: (text) => (httpsOf(text) === undefined ? undefined : `${httpsOf(text)}/`),
    read: (s) => s.slack.apiUrl,
  },
  SLACK_APPROVER_IDS: { good: ["U0BEN,U0CARLA,W0DORA"], of: users, read: (s) => s.policy.approverIds },
  SLACK_ADMIN_STATUS_IDS: {
    good: ["U0BEN", "U0BEN, U0CARLA"],
    of: users,
    read: (s) => s.policy.adminStatusIds,
  },
  IRU_BASE_URL: { good: ["https://example.api.kandji.io/"], of: httpsOf, read: (s) => s.iru.baseUrl },
  IRU_API_TOKEN: { good: ["iru-token-0000-0000"], of: secretOf(16), read: (s) => s.iru.token },
  IRU_TAG_ELEVATION_10MIN: {
    good: ["ten minutes", "十分"],
    of: tagOf,
    read: (s) => s.tagNames.elevation[10],
  },
  IRU_TAG_LOG_COLLECTION: { good: ["collect"], of: tagOf, read: (s) => s.tagNames.logCollection },
  HALLPASS_DELIVERY: {
    good: ["mdm", "direct"],
    of: wordOf("mdm", "direct"),
    read: (s) => s.macConfig.delivery,
  },
  HALLPASS_GRANT: {
    good: ["privileges", "directory"],
    of: wordOf("privileges", "directory"),
    read: (s) => s.macConfig.grant,
  },
  HALLPASS_LAPSE_AFTER_MINUTES: {
    good: ["1", "60", "1440"],
    of: numbers(1, 1440, 60_000),
    read: (s) => s.policy.lapseAfterMs,
  },
  HALLPASS_CONFIRM_WITHIN_SECONDS: {
    good: ["30", "120"],
    of: numbers(30, 600, 1000),
    read: (s) => s.policy.confirmWithinMs,
  },
  HALLPASS_AUTO_DENY_AFTER_HOURS: {
    good: ["24", "168"],
    of: numbers(1, 168, 3_600_000),
    read: (s) => s.policy.autoDenyAfterMs,
  },
};

const MUTABLE = Object.keys(MEANINGS) as SettingName[];
const meaningOf = (name: SettingName): Meaning => {
  const meaning = MEANINGS[name];
  assert.ok(meaning !== undefined);
  return meaning;
};

const goodEnv: fc.Arbitrary<Record<string, string>> = fc
  .record(Object.fromEntries(MUTABLE.map((name) => [name, fc.constantFrom(...meaningOf(name).good)])), {
    requiredKeys: MUTABLE.filter((name) => SETTINGS[name].isRequired),
  })
  .map((chosen) => ({ ...chosen, HOME: "/home/hallpass", HALLPASS_DATA: "hallpass.db" }));

const nameSlip = slip(fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"));
const textSlip = slip(fc.constantFrom(..."aZ09-_.,:/@ \t\0é#"));

function problemsOf(env: Environment): readonly string[] {
  const outcome = parseSettings(env);
  if (outcome.ok) return [];
  for (const { message } of outcome.problems) {
    for (const [name, value] of Object.entries(env)) {
      if (value !== undefined && value.length >= 8 && SETTINGS[name as SettingName]?.isSecret) {
        assert.ok(!message.includes(value), "L12 a message holds a secret");
      }
    }
  }
  return outcome.problems.map(({ name }) => name);
}

const RUNS = { numRuns: 400 };

describe("any mutation of a good environment parses to what was meant, or is listed", () => {
  test("unchanged, it is accepted", () => {
    fc.assert(
      fc.property(goodEnv, (env) => {
        assert.deepEqual(problemsOf(env), []);
      }),
      RUNS,
    );
  });

  test("a setting left out or emptied: its default, or listed as missing", () => {
    fc.assert(
      fc.property(
        goodEnv,
        fc.constantFrom(...MUTABLE),
        fc.constantFrom(undefined, "", " \t"),
        (env, name, text) => {
          const setting: Setting<unknown> = SETTINGS[name];
          const outcome = parseSettings({ ...env, [name]: text });
          assert.equal(outcome.ok, !setting.isRequired, name);
          if (!outcome.ok) return assert.deepEqual(problemsOf({ ...env, [name]: text }), [name]);
          const expected = setting.fallback === undefined ? [] : meaningOf(name).of(setting.fallback);
          assert.deepEqual(meaningOf(name).read(outcome.settings), expected, name);
        },
      ),
      RUNS,
    );
  });

  test("a slip in a name is listed under the name that was typed", () => {
    fc.assert(
      fc.property(goodEnv, fc.constantFrom(...MUTABLE), nameSlip, (env, name, mistype) => {
        const typed = mistype(name);
        fc.pre(!SETTING_NAMES.includes(typed as SettingName) && typed !== "");
        const { [name]: value = "x", ...rest } = env;
        assert.ok(problemsOf({ ...rest, [typed]: value }).includes(typed), typed);
      }),
      RUNS,
    );
  });

  test("a slip in a value: read as it stands, or listed under its name", () => {
    const mutations = fc.array(textSlip, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(goodEnv, fc.constantFrom(...MUTABLE), mutations, (env, name, slips) => {
        const text = slips.reduce(
          (value, mistype) => mistype(value),
          env[name] ?? meaningOf(name).good[0] ?? "",
        );
        fc.pre(text.trim() !== "");
        const outcome = parseSettings({ ...env, [name]: text });
        const expected = meaningOf(name).of(text.trim());
        if (outcome.ok)
          return assert.deepEqual(meaningOf(name).read(outcome.settings), expected, `${name}=${text}`);
        assert.ok(problemsOf({ ...env, [name]: text }).includes(name), `${name}=${text}`);
        assert.equal(expected, undefined, `${name}=${text} was meant well`);
      }),
      { numRuns: 1000 },
    );
  });

  test("any text at all as a value: the same", () => {
    fc.assert(
      fc.property(
        goodEnv,
        fc.constantFrom(...MUTABLE),
        fc.string({ unit: "binary", minLength: 1 }),
        (env, name, text) => {
          fc.pre(text.trim() !== "");
          const outcome = parseSettings({ ...env, [name]: text });
          const expected = meaningOf(name).of(text.trim());
          assert.equal(outcome.ok, expected !== undefined, `${name}=${JSON.stringify(text)}`);
          if (outcome.ok) assert.deepEqual(meaningOf(name).read(outcome.settings), expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("an unknown name with one of our prefixes is listed", () => {
    const prefix = fc.constantFrom(
      "HALLPASS_",
      "SLACK_",
      "IRU_",
      "OFF_HOURS_",
      "ON_CALL_",
      "BUSINESS_",
      "RISK_",
    );
    fc.assert(
      fc.property(goodEnv, prefix, fc.stringMatching(/^[A-Z0-9_]{0,20}$/), (env, start, rest) => {
        fc.pre(!SETTING_NAMES.includes(`${start}${rest}` as SettingName));
        assert.ok(problemsOf({ ...env, [`${start}${rest}`]: "x" }).includes(`${start}${rest}`));
      }),
      RUNS,
    );
  });
});
