import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DEFAULT_POLICY } from "../../core/policy-config.ts";
import { DEFAULT_TAG_NAMES } from "../../core/tags.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { type Environment, parseSettings, secretsOf, type Settings } from "./settings.ts";

const GOOD: Environment = {
  PATH: "/usr/bin",
  HOME: "/home/hallpass",
  HALLPASS_DATA: "/var/lib/hallpass/hallpass.db",
  HALLPASS_ENROLLMENT_TOKENS: "first-enrolment-token-000,second-enrolment-token-00",
  SLACK_BOT_TOKEN: "xoxb-0000-bot-token-0000",
  SLACK_SIGNING_SECRET: "signing-secret-0000",
  SLACK_IT_CHANNEL_ID: "C0123ABCDEF",
  SLACK_APPROVER_IDS: "U0BEN, U0CARLA",
  IRU_BASE_URL: "https://example.api.kandji.io",
  IRU_API_TOKEN: "iru-token-0000-0000",
};

function accepted(env: Environment): Settings {
  const outcome = parseSettings(env);
  assert.ok(outcome.ok, outcome.ok ? "" : JSON.stringify(outcome.problems));
  return outcome.settings;
}

function refused(env: Environment): readonly string[] {
  const outcome = parseSettings(env);
  assert.ok(!outcome.ok, "was accepted");
  return outcome.problems.map(({ name, message }) => `${name} ${message}`);
}

/** The problems of a good environment with one change. */
const refusedWith = (change: Environment) => refused({ ...GOOD, ...change });
const acceptedWith = (change: Environment) => accepted({ ...GOOD, ...change });

describe("settings", () => {
  test("what is needed alone gives the defaults of the design for everything else", () => {
    assert.deepEqual(accepted(GOOD), {
      host: "127.0.0.1",
      port: 4100,
      dataFile: "/var/lib/hallpass/hallpass.db",
      enrollmentTokens: ["first-enrolment-token-000", "second-enrolment-token-00"],
      slack: {
        botToken: "xoxb-0000-bot-token-0000",
        signingSecrets: ["signing-secret-0000"],
        apiUrl: "https://slack.com/api/",
        channelId: "C0123ABCDEF",
      },
      iru: { baseUrl: "https://example.api.kandji.io", token: "iru-token-0000-0000" },
      policy: { ...DEFAULT_POLICY, approverIds: ["U0BEN", "U0CARLA"] },
      tagNames: DEFAULT_TAG_NAMES,
      macConfig: {
        delivery: "mdm",
        grant: "privileges",
        endProcesses: "kill",
        longPoll: true,
        probeUrl: "http://captive.apple.com/",
      },
    });
  });

  test("W61 L9 an empty environment lists everything that is missing at once, and how to get it", () => {
    const problems = refused({});
    assert.deepEqual(
      problems.map((line) => line.split(" ")[0]),
      [
        "HALLPASS_DATA",
        "SLACK_BOT_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_IT_CHANNEL_ID",
        "SLACK_APPROVER_IDS",
        "IRU_BASE_URL",
        "IRU_API_TOKEN",
      ],
    );
    assert.match(problems[1] ?? "", /is missing\. .*OAuth & Permissions/);
  });

  test("an empty value counts as not set, white space around a value does not count", () => {
    const settings = acceptedWith({
      HALLPASS_PORT: "",
      HALLPASS_HOST: "  ",
      IRU_API_TOKEN: " iru-token-0000-0000\t",
    });
    assert.equal(settings.port, 4100);
    assert.equal(settings.host, "127.0.0.1");
    assert.equal(settings.iru.token, "iru-token-0000-0000");
    assert.match(refusedWith({ SLACK_APPROVER_IDS: " " })[0] ?? "", /^SLACK_APPROVER_IDS is missing/);
  });

  test("both signing secrets count while the secret is being changed, the current one first", () => {
    const { slack } = acceptedWith({ SLACK_SIGNING_SECRET_PREVIOUS: "signing-secret-before" });
    assert.deepEqual(slack.signingSecrets, ["signing-secret-0000", "signing-secret-before"]);
  });

  test("every interval is read in its own unit", () => {
    const { policy } = acceptedWith({
      HALLPASS_NUDGE_EVERY_MINUTES: "2",
      HALLPASS_NUDGE_FIRST_PHASE_MINUTES: "3",
      HALLPASS_NUDGE_LATER_EVERY_MINUTES: "4",
      HALLPASS_AUTO_DENY_AFTER_HOURS: "5",
      HALLPASS_LAPSE_AFTER_MINUTES: "6",
      HALLPASS_CONFIRM_WITHIN_SECONDS: "70",
      HALLPASS_WARN_BEFORE_MINUTES: "8",
      HALLPASS_WARN_BEFORE_SHORT_MINUTES: "2",
      HALLPASS_LOG_MISSING_AFTER_MINUTES: "10",
      HALLPASS_HEARTBEAT_SILENT_AFTER_MINUTES: "11",
      HALLPASS_DEADLINE_ALARM_AFTER_MINUTES: "12",
      HALLPASS_OFFER_CLOSE_AFTER_HOURS: "13",
      HALLPASS_CLOCK_SKEW_FLAG_SECONDS: "14",
      HALLPASS_STILL_ADMIN_GRACE_SECONDS: "150",
    });
    assert.deepEqual(policy, {
      approverIds: ["U0BEN", "U0CARLA"],
      adminStatusIds: [],
      offHours: { mode: "disabled" },
      nudgeEveryMs: 2 * MINUTE_MS,
      nudgeFirstPhaseMs: 3 * MINUTE_MS,
      nudgeLaterEveryMs: 4 * MINUTE_MS,
      autoDenyAfterMs: 5 * HOUR_MS,
      lapseAfterMs: 6 * MINUTE_MS,
      confirmWithinMs: 70 * SECOND_MS,
      warnBeforeMs: 8 * MINUTE_MS,
      warnBeforeShortMs: 2 * MINUTE_MS,
      logMissingAfterMs: 10 * MINUTE_MS,
      heartbeatSilentAfterMs: 11 * MINUTE_MS,
      deadlineAlarmAfterMs: 12 * MINUTE_MS,
      offerCloseAfterMs: 13 * HOUR_MS,
      clockSkewFlagMs: 14 * SECOND_MS,
      stillAdminGraceMs: 150 * SECOND_MS,
    });
  });

  test("W61 the tags are read by length, and no two may be the same", () => {
    const tags = {
      IRU_TAG_ELEVATION_5MIN: "a",
      IRU_TAG_ELEVATION_10MIN: "b",
      IRU_TAG_ELEVATION_15MIN: "c",
      IRU_TAG_ELEVATION_30MIN: "d",
      IRU_TAG_LOG_COLLECTION: "e",
    };
    assert.deepEqual(acceptedWith(tags).tagNames, {
      elevation: { 5: "a", 10: "b", 15: "c", 30: "d" },
      logCollection: "e",
    });
    assert.deepEqual(refusedWith({ ...tags, IRU_TAG_ELEVATION_30MIN: "b" }), [
      "IRU_TAG_ELEVATION_30MIN must be another tag than IRU_TAG_ELEVATION_10MIN: each tag is one signal",
    ]);
    assert.deepEqual(refusedWith({ IRU_TAG_LOG_COLLECTION: "temp-admin-elevation-5min" }), [
      "IRU_TAG_LOG_COLLECTION must be another tag than IRU_TAG_ELEVATION_5MIN: each tag is one signal",
    ]);
  });

  test("W61 each address, name and place of the installation is the one that was set", () => {
    const settings = acceptedWith({
      HALLPASS_HOST: "10.0.0.7",
      HALLPASS_PORT: "4999",
      HALLPASS_DATA: "/srv/other.db",
      HALLPASS_PROBE_URL: "http://probe.example.net/ok",
      SLACK_API_URL: "https://slack.example.net/api/",
      SLACK_IT_CHANNEL_ID: "C0OTHER",
      SLACK_APPROVER_IDS: "U0OTHER",
      SLACK_ADMIN_STATUS_IDS: "U0READER",
      IRU_BASE_URL: "https://other.api.eu.kandji.io",
    });
    const { host, port, dataFile, slack, iru, policy, macConfig } = settings;
    assert.deepEqual(
      [host, port, dataFile, macConfig.probeUrl, slack.apiUrl, slack.channelId, iru.baseUrl],
      [
        "10.0.0.7",
        4999,
        "/srv/other.db",
        "http://probe.example.net/ok",
        "https://slack.example.net/api/",
        "C0OTHER",
        "https://other.api.eu.kandji.io",
      ],
    );
    assert.deepEqual([policy.approverIds, policy.adminStatusIds], [["U0OTHER"], ["U0READER"]]);
  });

  const hours = "Europe/Berlin Mon-Fri 09:00-18:00";
  test("L9 off-hours approval needs hours and an on-call approver, both or neither", () => {
    const { policy } = acceptedWith({ BUSINESS_HOURS: hours, ON_CALL_SLACK_USER_ID: "U0CARLA" });
    assert.deepEqual(policy.offHours, {
      mode: "enabled",
      zone: "Europe/Berlin",
      weekdays: [1, 2, 3, 4, 5],
      startMinute: 540,
      endMinute: 1080,
      onCallUserId: "U0CARLA",
      capPerNight: 5,
    });
    assert.match(
      refusedWith({ BUSINESS_HOURS: hours }).join(),
      /^ON_CALL_SLACK_USER_ID is missing: BUSINESS_HOURS is set/,
    );
    assert.match(refusedWith({ ON_CALL_SLACK_USER_ID: "U0BEN" }).join(), /^BUSINESS_HOURS is missing/);
    assert.deepEqual(refusedWith({ BUSINESS_HOURS: hours, ON_CALL_SLACK_USER_ID: "U0ANNA" }), [
      "ON_CALL_SLACK_USER_ID must be one of SLACK_APPROVER_IDS",
    ]);
  });

  test("a wrong value of one setting is one line, not a second one about its neighbour", () => {
    const lines = refusedWith({ BUSINESS_HOURS: "always", ON_CALL_SLACK_USER_ID: "U0BEN" });
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^BUSINESS_HOURS must be a zone, days and hours, such as:/);
  });

  const wrong: readonly (readonly [name: string, value: string, message: RegExp])[] = [
    ["HALLPASS_PORT", "http", /whole number from 1 to 65535/],
    ["HALLPASS_PORT", "0", /whole number from 1 to 65535/],
    ["HALLPASS_PORT", "65536", /whole number from 1 to 65535/],
    ["HALLPASS_PORT", "4100.5", /whole number/],
    ["HALLPASS_PORT", "-1", /whole number/],
    ["HALLPASS_PORT", "1e3", /whole number/],
    ["HALLPASS_HOST", "localhost:4100", /without a port/],
    ["HALLPASS_HOST", "http://localhost", /IP address or a host name/],
    ["HALLPASS_DATA", "/var/lib/hallpass/", /not a folder/],
    ["HALLPASS_DATA", "~/hallpass.db", /~ means nothing here/],
    ["HALLPASS_ENROLLMENT_TOKENS", "short", /entry 1 must be 20 to 500/],
    ["HALLPASS_ENROLLMENT_TOKENS", "first-enrolment-token-000,", /entry 2 is empty/],
    ["HALLPASS_ENROLLMENT_TOKENS", "change-me-to-a-long-random-text", /still the example/],
    ["HALLPASS_ENROLLMENT_TOKENS", "first enrolment token with spaces", /without spaces/],
    ["SLACK_BOT_TOKEN", "xoxp-0000-user-token-0000", /begins with xoxb-/],
    ["SLACK_SIGNING_SECRET", "short", /16 to 500/],
    ["SLACK_API_URL", "http://slack.com/api/", /must be an https URL/],
    ["SLACK_API_URL", "https://user:word@slack.com/api/", /without user/],
    ["SLACK_IT_CHANNEL_ID", "#it-access", /the channel's id/],
    ["SLACK_APPROVER_IDS", "U0BEN,carla@example.com", /entry 2 must be a Slack user id/],
    ["SLACK_APPROVER_IDS", "U0BEN,,U0CARLA", /entry 2 is empty/],
    ["SLACK_ADMIN_STATUS_IDS", "S0GROUP", /entry 1 must be a Slack user id/],
    ["IRU_BASE_URL", "example.api.kandji.io", /must be an https URL/],
    ["IRU_BASE_URL", "https://example.api.kandji.io/?tenant=1", /query/],
    ["IRU_API_TOKEN", "two words of a token", /without spaces/],
    ["IRU_TAG_LOG_COLLECTION", "one,two", /no comma/],
    ["HALLPASS_DELIVERY", "both", /must be mdm or direct/],
    ["HALLPASS_GRANT", "sudo", /must be privileges or directory/],
    ["HALLPASS_END_PROCESSES", "yes", /must be kill or report/],
    ["HALLPASS_PROBE_URL", "captive.apple.com", /http or https URL/],
    ["HALLPASS_LAPSE_AFTER_MINUTES", "0", /from 1 to 1440 \(minutes\)/],
    ["HALLPASS_WARN_BEFORE_MINUTES", "10", /from 1 to 9/],
    ["HALLPASS_WARN_BEFORE_SHORT_MINUTES", "5", /from 1 to 4/],
    ["HALLPASS_HEARTBEAT_SILENT_AFTER_MINUTES", "1", /from 2 to 60/],
    ["OFF_HOURS_CAP_PER_NIGHT", "0", /from 1 to 100/],
  ];
  for (const [name, value, message] of wrong) {
    test(`refuses ${name}=${value}`, () => {
      const lines = refusedWith({ [name]: value });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", new RegExp(`^${name} `));
      assert.match(lines[0] ?? "", message);
    });
  }

  const unknown: readonly (readonly [name: string, message: RegExp])[] = [
    ["HALLPASS_PROT", /did you mean HALLPASS_PORT\?/],
    ["hallpass_port", /did you mean HALLPASS_PORT\?/],
    ["HALLPASS_LAPSE_AFTER_HOURS", /is not a setting/],
    ["SLACK_CHANNEL_ID", /did you mean SLACK_IT_CHANNEL_ID\?/],
    ["SLACK_APPROVERS_IDS", /did you mean SLACK_APPROVER_IDS\?/],
    ["IRU_TOKEN", /did you mean IRU_API_TOKEN\?/],
    ["HALPASS_DATA", /did you mean HALLPASS_DATA\?/],
    ["BUSINES_HOURS", /did you mean BUSINESS_HOURS\?/],
    ["OFF_HOURS_ZONE", /see \.env\.example/],
    ["ON_CALL_PHONE", /see \.env\.example/],
    ["PAGERDUTY_TOKEN", /has no on-call rotation/],
    ["RISK_MODEL", /has no risk scores/],
    ["BEDROCK_REGION", /has no risk scores/],
    ["DASHBOARD_URL", /has no dashboard/],
    ["ARCHIVE_BUCKET", /has no archive/],
  ];
  for (const [name, message] of unknown) {
    test(`L9 refuses ${name}, which means something to whoever set it and nothing to us`, () => {
      const lines = refusedWith({ [name]: "value-of-it" });
      assert.equal(lines.length, 1, lines.join("\n"));
      assert.match(lines[0] ?? "", new RegExp(`^${name} is not a setting`));
      assert.match(lines[0] ?? "", message);
    });
  }

  test("names of other programs are none of our business", () => {
    accepted({
      ...GOOD,
      NODE_ENV: "production",
      LANG: "C",
      AWS_REGION: "eu-central-1",
      API_TOKEN: "x",
      HOST: "x",
    });
  });

  test("W30 L12 every secret is among those that the log blanks out", () => {
    const settings = acceptedWith({ SLACK_SIGNING_SECRET_PREVIOUS: "signing-secret-before" });
    assert.deepEqual(secretsOf(settings), [
      "first-enrolment-token-000",
      "second-enrolment-token-00",
      "xoxb-0000-bot-token-0000",
      "signing-secret-0000",
      "signing-secret-before",
      "iru-token-0000-0000",
    ]);
  });
});
