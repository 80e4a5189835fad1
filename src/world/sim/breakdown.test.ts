import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFailure } from "./failure-report.ts";
import { runSeed } from "./run-seed.ts";
import type { SimStore } from "./service-lives.ts";
import { createSimStore } from "./sim-stores.ts";

/** A store that only the end of a world asks in a way that it cannot answer. */
function storeThatBreaks(): SimStore {
  const inner = createSimStore("memory");
  return {
    ...inner,
    open() {
      const store = inner.open();
      return {
        ...store,
        async listStreamsWithWork(now, limit) {
          if (limit === 1) throw new Error("the world's own mistake");
          return store.listStreamsWithWork(now, limit);
        },
      };
    },
  };
}

test("a world that breaks down is told with its faults, its last events and how to replay it", async () => {
  const result = await runSeed(1, storeThatBreaks(), "short");
  assert.match(result.breakdown ?? "", /the world's own mistake\n +at /);
  const text = describeFailure(result, "memory");
  assert.match(
    text,
    /^FAIL seed 1 \(memory store\): the world broke down\n {2}Error: the world's own mistake/,
  );
  assert.match(text, /\nfaults \(chance each time\): |\nevery session is tried with/);
  const [, events = ""] = text.split("the last 50 events of all Macs and all requests:");
  assert.equal(events.split("\n").filter((line) => line.startsWith("  +")).length, 50);
  assert.match(text, /\nreplay: npm run sim -- --seed 1 --store memory --short$/);
});
