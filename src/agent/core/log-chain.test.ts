import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import fc from "fast-check";
import { FIRST_HASH, LOG_CHUNK_MAX_BYTES, logBody } from "../../wire/device.ts";
import { EMPTY_CHAIN, makeChunks, shippableLine } from "./log-chain.ts";

const REQUEST = { requestId: "3f2504e0-4f89-11d3-9a0c-0305e82c3301", serial: "C02ABCDEFG" };

test("L15 chunks are numbered from 0 and chained by hash from 64 zeros", () => {
  const head = { ...EMPTY_CHAIN };
  const [first] = makeChunks(head, ["a", "b"], false);
  const [second] = makeChunks(head, ["c"], false);
  const [third] = makeChunks(head, ["d"], true);
  assert.deepEqual(first, { seq: 0, previousHash: FIRST_HASH, lines: ["a", "b"], final: false });
  const expected = createHash("sha256").update(`${FIRST_HASH}\na\nb`).digest("hex");
  assert.deepEqual(second, { seq: 1, previousHash: expected, lines: ["c"], final: false });
  const after = createHash("sha256").update(`${expected}\nc`).digest("hex");
  assert.deepEqual(third, { seq: 2, previousHash: after, lines: ["d"], final: true });
  assert.equal(head.nextSeq, 3);
});

test("a last chunk without lines is still sent, a middle one is not", () => {
  assert.deepEqual(makeChunks({ ...EMPTY_CHAIN }, [], false), []);
  assert.deepEqual(makeChunks({ ...EMPTY_CHAIN }, [], true), [
    { seq: 0, previousHash: FIRST_HASH, lines: [], final: true },
  ]);
});

test("a line of up to 16 KiB stays, a longer one keeps 8 KiB, its length and its hash", () => {
  const edge = "x".repeat(16 * 1024);
  assert.equal(shippableLine(edge), edge);
  const long = `${"é".repeat(8 * 1024)}y`;
  const hash = createHash("sha256").update(long).digest("hex");
  assert.equal(shippableLine(long), `${"é".repeat(4 * 1024)} [cut: 16385 bytes, sha256 ${hash}]`);
  const odd = `a${long}`;
  assert.ok(
    shippableLine(odd).startsWith(`a${"é".repeat(4 * 1024 - 1)} [cut: 16386 bytes`),
    "no half characters",
  );
});

test("CR, LF and NUL are written as sudo writes them", () => {
  assert.equal(shippableLine("a\rb\nc\0d"), "a#015b#012c#000d");
});

test("a log of half a megabyte comes in chunks of at most 192 KiB each, however it is escaped", () => {
  for (const character of ["x", "\u0001", '"']) {
    const lines = Array.from({ length: 32 }, () => character.repeat(16 * 1024));
    const chunks = makeChunks({ ...EMPTY_CHAIN }, lines, true);
    assert.ok(chunks.length > 2, `${chunks.length} chunks`);
    for (const chunk of chunks) {
      assert.ok(Buffer.byteLength(JSON.stringify({ ...REQUEST, ...chunk })) <= LOG_CHUNK_MAX_BYTES);
    }
  }
});

test("W21 whatever lines come, every chunk keeps to the contract and no line is lost or moved", () => {
  const line = fc.oneof(
    fc.string({ maxLength: 50, unit: "binary" }),
    fc.integer({ min: 1, max: 40_000 }).map((length) => '\u0001"ü'.repeat(length)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), fc.boolean(), (raw, final) => {
      const lines = raw.map(shippableLine);
      const chunks = makeChunks({ ...EMPTY_CHAIN }, lines, final);
      assert.deepEqual(
        chunks.flatMap((chunk) => chunk.lines),
        lines,
      );
      for (const [index, chunk] of chunks.entries()) {
        const body = { ...REQUEST, ...chunk };
        logBody.parse(body);
        assert.ok(Buffer.byteLength(JSON.stringify(body)) <= LOG_CHUNK_MAX_BYTES);
        assert.equal(chunk.seq, index);
        assert.equal(chunk.final, final && index === chunks.length - 1);
      }
    }),
    { numRuns: 60 },
  );
});

test("a chunk is filled up to 160 KiB of lines as JSON and to 5,000 lines, to the byte and the line", () => {
  const sizes = (lines: readonly string[]) =>
    makeChunks({ ...EMPTY_CHAIN }, lines, false).map(({ lines: own }) => own.length);
  // Ten lines of 16 KiB each, the quotes and the comma of JSON included.
  const line = "x".repeat(16 * 1024 - 3);
  assert.deepEqual(sizes(Array.from({ length: 20 }, () => line)), [10, 10]);
  assert.deepEqual(sizes([...Array.from({ length: 9 }, () => line), `${line}x`, "y"]), [9, 2]);
  assert.deepEqual(sizes(Array.from({ length: 5_000 }, () => "")), [5_000]);
  assert.deepEqual(sizes(Array.from({ length: 5_001 }, () => "")), [5_000, 1]);
});

test("a cut never leaves half a character, also where the cut is its first byte", () => {
  for (const before of [8 * 1024 - 3, 8 * 1024 - 2, 8 * 1024 - 1, 8 * 1024]) {
    const whole = `${"a".repeat(before)}😀${"b".repeat(16 * 1024)}`;
    const kept = shippableLine(whole).split(" [cut: ")[0];
    assert.equal(kept, "a".repeat(before));
  }
});
