import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startWorker } from "./start-worker.ts";

/** A tree whose worker dies at its first task, and at every later one unless `mends`. */
function treeThatDies(mends: boolean): string {
  const root = mkdtempSync(join(tmpdir(), "hallpass-worker-"));
  mkdirSync(join(root, "scripts", "sim"), { recursive: true });
  const source = `
    import { existsSync, writeFileSync } from "node:fs";
    process.on("message", ({ seed }) => {
      if (!existsSync("died") || !${mends}) {
        writeFileSync("died", "");
        process.exit(3);
      }
      process.send({ seed, plan: "no faults", counts: [], sessions: 1, virtualMs: 1 });
    });`;
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "scripts", "sim", "worker-process.ts"), source);
  return root;
}

test("a seed over which a process dies has failed, whatever a second process says", async () => {
  for (const mends of [true, false]) {
    const root = treeThatDies(mends);
    const worker = startWorker(root);
    try {
      const { failure = "", law } = await worker.run({ seed: 7, store: "sqlite", length: "short" });
      assert.equal(law, "breakdown");
      assert.match(failure, /^FAIL seed 7: its process died or hung\n {2}Error: the process ended \(3\)/);
      assert.match(failure, mends ? /every law was kept\nno faults/ : /second process: Error: the process/);
      assert.match(failure, /replay: npm run sim -- --seed 7 --store sqlite --short$/);
    } finally {
      worker.end();
      rmSync(root, { recursive: true, force: true });
    }
  }
});
