import assert from "node:assert/strict";
import test from "node:test";
import { emptyRecord } from "./core/record.ts";
import { parseRecord } from "./record-file.ts";

test("a record comes back as it was written", () => {
  const record = {
    ...emptyRecord(),
    known: ["name:root" as const],
    outbox: [
      { id: "1", call: { name: "end" as const, requestId: "r" } },
      { id: "2", call: { name: "cancel" as const, requestId: "r" }, rechain: true },
    ],
  };
  assert.deepEqual(parseRecord(JSON.stringify(record)), record);
});

test("what is not a whole record is none", () => {
  const good = JSON.stringify(emptyRecord());
  for (const text of [
    "",
    "null",
    "{}",
    good.slice(0, -1),
    good.replace('"form":1', '"form":2'),
    '{"form":1,"requests":[1]}',
  ]) {
    assert.equal(parseRecord(text), undefined, text);
  }
  const strangeEntry = { ...emptyRecord(), known: ["everybody"] };
  assert.equal(parseRecord(JSON.stringify(strangeEntry)), undefined);
});
