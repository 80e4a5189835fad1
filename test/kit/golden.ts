import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Fails unless `text` is, to the byte, what stands in `FOLDER/NAME.txt`, NAME being `name` with hyphens for all but
 * letters and digits. `UPDATE_GOLDEN=1` writes it anew, for a person to read and commit.
 */
export function expectGolden(folder: string, name: string, text: string): void {
  const golden = join(folder, `${name.replaceAll(/[^a-z0-9]+/gi, "-").toLowerCase()}.txt`);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(folder, { recursive: true });
    writeFileSync(golden, text);
  }
  assert.ok(existsSync(golden), `no golden for "${name}": run once with UPDATE_GOLDEN=1`);
  assert.equal(text, readFileSync(golden, "utf8"));
}
