import assert from "node:assert/strict";
import { test } from "node:test";
import { isRequestStream, SERIAL_PATTERN, shortId, SLACK_USER_ID_PATTERN, UUID_PATTERN } from "./ids.ts";

const UUID = "0a1b2c3d-0000-4000-8000-0123456789ab";

const PATTERNS: readonly (readonly [
  what: string,
  pattern: RegExp,
  good: readonly string[],
  bad: readonly string[],
])[] = [
  [
    "a serial is 8 to 14 upper-case letters and digits",
    SERIAL_PATTERN,
    ["C02ABCDE", "C02ABCDEFGHIJ1", "12345678"],
    ["C02ABCD", "C02ABCDEFGHIJ12", "c02abcde", "C02ABCDE ", " C02ABCDE", "C02-ABCDE", "C02ABCDE\n", ""],
  ],
  [
    "a Slack user id is U or W with 2 to 20 upper-case letters and digits",
    SLACK_USER_ID_PATTERN,
    ["U0A", "W12345678901234567890"],
    ["U1", "W123456789012345678901", "C0ANNA", "u0anna", "U0ANNA ", "<U0ANNA", "U0-ANNA", ""],
  ],
  [
    "a UUID is 32 hexadecimal digits in five groups",
    UUID_PATTERN,
    [UUID, UUID.toUpperCase()],
    [
      `${UUID}0`,
      `0${UUID}`,
      UUID.slice(1),
      UUID.slice(0, -1),
      UUID.replaceAll("-", ""),
      UUID.replace("0", "g"),
      "0a1b2c3d-000-4000-8000-0123456789ab",
      "0a1b2c3d-0000-400-8000-0123456789ab",
      "0a1b2c3d-0000-4000-800-0123456789ab",
      "a-0000-4000-8000-0123456789ab",
      "",
    ],
  ],
];

for (const [what, pattern, good, bad] of PATTERNS) {
  test(`${what}, and nothing else`, () => {
    for (const text of good) assert.match(text, pattern);
    for (const text of bad) assert.doesNotMatch(text, pattern);
  });
}

test("people read and type the last eight characters of a request's id", () => {
  assert.equal(shortId(UUID), "456789ab");
});

test("a stream of a request is named by its id alone", () => {
  assert.equal(isRequestStream(UUID), true);
  assert.equal(isRequestStream(`mac:${UUID}`), false);
  assert.equal(isRequestStream("C02HALLPASS1"), false);
});
