import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "./log-chain.ts";
import { redact } from "./redact.ts";
import { redactedLine } from "./redacted-line.ts";

const HEAD = "Nov 22 09:36:12 2026 : alice : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/tool ";
const SECRET = "S3cr3t-hunter2";
const words = (length: number) => "word ".repeat(Math.ceil(length / 5)).slice(0, length);

test("L12 a line that is looked through whole is shipped without its secrets", () => {
  assert.equal(redactedLine(`${HEAD}--token ${SECRET} x`), `${HEAD}--token [redacted] x`);
  const long = `${HEAD}--token ${SECRET} ${words(15_000)}`;
  assert.equal(redactedLine(long), redact(long));
});

test("L12 of a long line the beginning is shipped without its secrets, with the length and hash of the rest", () => {
  const line = `${HEAD}--token ${SECRET} ${words(600_000)}`;
  const shipped = redactedLine(line);
  assert.ok(shipped.startsWith(`${HEAD}--token [redacted] word word`));
  assert.ok(Buffer.byteLength(shipped) < 9 * 1024);
  const whole = redact(line);
  assert.ok(shipped.endsWith(` [cut: ${whole.length} bytes, sha256 ${sha256(whole)}]`));
  assert.notEqual(redactedLine(`${line}x`), shipped, "each byte of it counts");
});

test("L12 a secret across the place where a long line is broken off is not shown, wherever it stands", () => {
  for (const before of ["--token ", "-----BEGIN PRIVATE KEY-----", "https://bob:", "sh -c 'echo "]) {
    for (const border of [8, 12, 16]) {
      // What comes before may be redacted to little, so that the border is within the first 8 KiB of what is left.
      for (const begin of [
        `--token ${"t".repeat(7_000)} --token ${"t".repeat(border * 900 - 7_000)} `,
        "y",
      ]) {
        for (let at = -40; at < 40; at += 13) {
          const filler = "y".repeat(border * 1024 + at - HEAD.length - begin.length - before.length - 1);
          const line = `${HEAD}${begin}${filler} ${before}${SECRET}@host x | sudo -S ls ${words(20_000)}`;
          assert.ok(!redactedLine(line).includes(SECRET.slice(0, 6)), `${before} at ${border} KiB ${at}`);
        }
      }
    }
  }
});

test("L12 a line that is redacted to little shows nothing behind what was looked at", () => {
  const line = `${HEAD}-----BEGIN PRIVATE KEY-----${"k".repeat(30_000)}`;
  assert.match(redactedLine(line), /tool \[redacted\] \[cut: \d+ bytes, sha256 [0-9a-f]{64}\]$/);
});

/** The lengths of the texts in which something is replaced while `work` runs. */
function lengthsReplacedBy(work: () => void): readonly number[] {
  const seen: number[] = [];
  const { replace } = String.prototype;
  const counting = {
    replace(this: string, ...args: Parameters<typeof replace>) {
      seen.push(this.length);
      return replace.apply(this, args);
    },
  };
  Object.assign(String.prototype, counting);
  try {
    work();
  } finally {
    Object.assign(String.prototype, { replace });
  }
  return seen;
}

test("L4 no more than a fixed part of a line is looked through for secrets, however long it is", () => {
  const seen = lengthsReplacedBy(() => redactedLine(`${HEAD}${"a.".repeat(500_000)}`));
  assert.ok(seen.length > 10 && Math.max(...seen) <= 16 * 1024);
});
