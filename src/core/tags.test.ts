import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TAG_NAMES, elevationTag, ownTags } from "./tags.ts";
import { SESSION_MINUTES } from "./time.ts";

test("each session length has a tag of its own, named after its minutes", () => {
  for (const minutes of SESSION_MINUTES) {
    assert.equal(elevationTag(minutes), `temp-admin-elevation-${minutes}min`);
  }
});

test("the tags that are ours are the four elevation tags and log collection, as configured", () => {
  assert.deepEqual(ownTags(), [
    "temp-admin-elevation-5min",
    "temp-admin-elevation-10min",
    "temp-admin-elevation-15min",
    "temp-admin-elevation-30min",
    "temp-admin-log-collection",
  ]);
  const renamed = {
    ...DEFAULT_TAG_NAMES,
    elevation: { ...DEFAULT_TAG_NAMES.elevation, 10: "ten" },
    logCollection: "log",
  };
  assert.equal(elevationTag(10, renamed), "ten");
  assert.deepEqual(ownTags(renamed).slice(1, 2).concat(ownTags(renamed).slice(-1)), ["ten", "log"]);
});
