import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { shortId, UUID_PATTERN } from "../../core/ids.ts";
import { createSystemIds } from "./ids.ts";

const ids = createSystemIds();
const many = <T>(make: () => T) => Array.from({ length: 500 }, make);

test("uuids are lower-case UUIDs, and secrets 256 bits of base64url; none comes twice", () => {
  const uuids = many(() => ids.uuid());
  const secrets = many(() => ids.secret());
  for (const uuid of uuids) {
    assert.match(uuid, UUID_PATTERN);
    assert.equal(uuid, uuid.toLowerCase());
  }
  for (const secret of secrets) {
    assert.match(secret, /^[A-Za-z0-9_-]{43}$/);
    assert.equal(Buffer.from(secret, "base64url").length, 32);
  }
  assert.equal(new Set([...uuids, ...secrets]).size, 1_000);
});

test("ids of one moment stand together in an index, and differ in what people read of them", async () => {
  const early = many(() => ids.uuid());
  await sleep(2);
  const late = many(() => ids.uuid());
  const [lastEarly, firstLate] = [early.toSorted().at(-1) ?? "", late.toSorted()[0] ?? ""];
  assert.ok(lastEarly < firstLate, `${lastEarly} and ${firstLate}`);
  assert.equal(new Set(early.map(shortId)).size, 500);
});

test("fractions fill [0, 1)", () => {
  const fractions = many(() => ids.fraction());
  assert.ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    assert.ok(
      fractions.some((fraction) => Math.floor(fraction * 10) === tenth),
      `none in tenth ${tenth}`,
    );
  }
});
