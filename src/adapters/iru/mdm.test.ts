import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DEFAULT_TAG_NAMES, elevationTag } from "../../core/tags.ts";
import { mdmContract } from "../../ports/contract/mdm.contract.ts";
import { createIruWorkbench, type IruWorkbench } from "../../world/iru/mdm-harness.ts";
import { serveHandler } from "../../world/iru/serve.ts";

const SERIAL = "C02FALCON001";
const ELEVATE = { add: [elevationTag(10)], remove: [DEFAULT_TAG_NAMES.logCollection] };

mdmContract("Iru, in process", () => createIruWorkbench());

mdmContract("Iru, over HTTP", () =>
  createIruWorkbench({
    reach: async (iru) => {
      const server = await serveHandler(iru.handle);
      return { baseUrl: server.url, fetch, close: server.close };
    },
  }),
);

/** Answers the next call with these devices. */
function answerDevices(bench: IruWorkbench, devices: readonly unknown[]): void {
  bench.iru.failNext({ kind: "status", status: 200, body: JSON.stringify(devices) });
}

const DEVICE = {
  device_id: "00000000-0000-4000-8000-00000000000a",
  device_name: "Mac",
  serial_number: SERIAL,
  platform: "Mac",
  user: "",
  tags: [],
};

test("L11 only an owner's own e-mail field is taken for the owner's address", async () => {
  const bench = await createIruWorkbench();
  const ownerOf = async (user: unknown) => {
    answerDevices(bench, [{ ...DEVICE, user }]);
    return (await bench.mdm.findMac(SERIAL))?.ownerEmail;
  };
  assert.equal(await ownerOf({ email: "anna@example.com", name: "Anna", id: 7 }), "anna@example.com");
  assert.equal(await ownerOf({ email: " anna@example.com " }), "anna@example.com");
  for (const user of [
    "",
    null,
    undefined,
    "anna@example.com",
    {},
    [],
    7,
    { email: "" },
    { email: null },
    { email: ["anna@example.com"] },
    { email: "anna" },
    { email: "anna@" },
    { email: "a@b@c" },
    { email: "anna @example.com" },
    { name: "anna@example.com" },
  ]) {
    assert.equal(await ownerOf(user), undefined, JSON.stringify(user));
  }
});

test("another device's oddities do not hide a Mac, its own do", async () => {
  const bench = await createIruWorkbench();
  answerDevices(bench, [null, 7, { serial_number: `${SERIAL}9` }, { tags: "?" }, DEVICE]);
  assert.equal((await bench.mdm.findMac(SERIAL))?.deviceId, DEVICE.device_id);
  const { tags: _, ...withoutTags } = DEVICE;
  answerDevices(bench, [withoutTags]);
  await assert.rejects(bench.mdm.findMac(SERIAL), { name: "TerminalError", message: /tags/ });
});

test("a device that is no Mac is not found as one", async () => {
  const bench = await createIruWorkbench();
  answerDevices(bench, [{ ...DEVICE, platform: "iPad" }]);
  assert.equal(await bench.mdm.findMac(SERIAL), undefined);
});

test("one device shown by two pages is one device", async () => {
  const bench = await createIruWorkbench();
  const fillers = Array.from({ length: 299 }, () => ({ serial_number: `${SERIAL}9` }));
  answerDevices(bench, [...fillers, DEVICE]);
  answerDevices(bench, [DEVICE]);
  assert.equal((await bench.mdm.findMac(SERIAL))?.deviceId, DEVICE.device_id);
  assert.deepEqual(
    bench.iru.received.map((call) => call.path),
    [
      `/api/v1/devices?serial_number=${SERIAL}&limit=300`,
      `/api/v1/devices?serial_number=${SERIAL}&limit=300&offset=300`,
    ],
  );
});

test("what cannot be a serial is not looked up: an empty one would match the whole tenant", async () => {
  const bench = await createIruWorkbench();
  for (const serial of ["", "c02falcon001", "C02 FALCON01", "%"]) {
    assert.equal(await bench.mdm.findMac(serial), undefined);
  }
  assert.equal(bench.iru.received.length, 0);
});

test("a device without its tag list is never written: that would clear other people's tags", async () => {
  const bench = await createIruWorkbench();
  const { tags: _, ...withoutTags } = DEVICE;
  const deviceId = bench.addMac({ serial: SERIAL, tags: ["zebra"] });
  for (const body of [withoutTags, { ...DEVICE, tags: null }, { ...DEVICE, tags: [{ name: "zebra" }] }]) {
    bench.iru.failNext({ kind: "status", status: 200, body: JSON.stringify(body) });
    await assert.rejects(bench.mdm.changeTags(deviceId, ELEVATE), { name: "TerminalError" });
  }
  assert.equal(bench.writes(), 0);
});

test("a write sends the tags and nothing else of the device", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL, tags: ["zebra"] });
  await bench.mdm.changeTags(deviceId, ELEVATE);
  const write = bench.iru.received.find((call) => call.method === "PATCH");
  assert.deepEqual(JSON.parse(write?.bodyText ?? ""), { tags: ["zebra", ...ELEVATE.add] });
});

test("L13 a write that failed is not repeated as it was: what was edited meanwhile survives", async () => {
  for (const kind of ["silence", "reset"] as const) {
    const bench = await createIruWorkbench();
    const deviceId = bench.addMac({ serial: SERIAL, tags: ["zebra"] });
    bench.iru.failNext({ kind, method: "PATCH" });
    bench.clock.at(bench.now() + 500, () => bench.editTags(deviceId, (tags) => [...tags, "meanwhile"]));
    await bench.mdm.changeTags(deviceId, ELEVATE);
    assert.deepEqual(bench.tagsOf(deviceId), ["zebra", "meanwhile", ...ELEVATE.add]);
  }
});

test("L13 the tags are read immediately before each write", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL, tags: ["zebra"] });
  bench.iru.failNext({ kind: "reset", method: "PATCH", times: 2 });
  await bench.mdm.changeTags(deviceId, ELEVATE);
  const calls = bench.iru.received;
  const writes = calls.flatMap((call, index) => (call.method === "PATCH" ? [index] : []));
  assert.equal(writes.length, 3);
  for (const index of writes) {
    assert.equal(calls[index - 1]?.method, "GET");
    assert.equal(calls[index - 1]?.at, calls[index]?.at);
  }
});

test("L13 has one limit: Iru does not show an edit between our read and our write", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL, tags: ["zebra"] });
  bench.iru.beforeNextPatch((tags) => [...tags, "in-between"]);
  assert.deepEqual(await bench.mdm.changeTags(deviceId, ELEVATE), ["zebra", ...ELEVATE.add]);
  bench.iru.beforeNextPatch((tags) => tags.filter((tag) => tag !== "zebra"));
  const ended = await bench.mdm.changeTags(deviceId, { add: ELEVATE.remove, remove: ELEVATE.add });
  assert.deepEqual(ended, ["zebra", ...ELEVATE.remove]);
});

test("L13 whoever keeps overwriting us is reported, not fought for ever", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL });
  const overwrite = (): readonly string[] => {
    bench.afterNextWrite(overwrite);
    return ["theirs"];
  };
  bench.afterNextWrite(overwrite);
  await assert.rejects(bench.mdm.changeTags(deviceId, ELEVATE), {
    name: "RetryableError",
    message: /somebody else/,
  });
  assert.equal(bench.writes(), 3);
});

test("W41 L13 any change keeps other people's tags in order, also when one edit comes after our write", async () => {
  const others = fc.uniqueArray(fc.constantFrom("zebra", "alpha", "beta-8", "middle", "x"));
  const ours = fc.uniqueArray(
    fc.constantFrom(elevationTag(5), elevationTag(10), DEFAULT_TAG_NAMES.logCollection),
  );
  await fc.assert(
    fc.asyncProperty(others, ours, ours, ours, others, async (kept, set, add, unwanted, edited) => {
      const remove = unwanted.filter((tag) => !add.includes(tag));
      const bench = await createIruWorkbench();
      const deviceId = bench.addMac({
        serial: SERIAL,
        tags: [...kept, ...set, ...edited.map((tag) => `${tag}2`)],
      });
      let theirs = [...kept, ...edited.map((tag) => `${tag}2`)];
      if (edited.length > 0) {
        theirs = [...edited.map((tag) => `${tag}3`), ...kept];
        bench.afterNextWrite(() => [...theirs, ...set]);
      }
      const result = await bench.mdm.changeTags(deviceId, { add, remove });
      assert.deepEqual(result, bench.tagsOf(deviceId));
      assert.ok(add.every((tag) => result.includes(tag)) && !remove.some((tag) => result.includes(tag)));
      const isOthers = (tag: string) => !tag.startsWith("temp-admin-");
      const expected = bench.writes() === 0 ? [...kept, ...edited.map((tag) => `${tag}2`)] : theirs;
      assert.deepEqual(result.filter(isOthers), expected);
    }),
    { numRuns: 60 },
  );
});

for (const fault of [
  { kind: "reset", work: "after" },
  { kind: "silence", work: "after" },
  { kind: "malformed", work: "after" },
  { kind: "status", status: 502, work: "after" },
  { kind: "reset" },
  { kind: "status", status: 500 },
] as const) {
  test(`a lock that may have happened is sent once (${JSON.stringify(fault)})`, async () => {
    const bench = await createIruWorkbench();
    const deviceId = bench.addMac({ serial: SERIAL });
    const start = bench.now();
    bench.iru.failNext({ ...fault, method: "POST" });
    await assert.rejects(bench.mdm.lock(deviceId, "Locked"), { name: "RetryableError" });
    assert.equal(bench.iru.received.length, 1);
    assert.equal(await bench.mdm.wasLockedSince(deviceId, start), "work" in fault);
  });
}

test("a lock that Iru certainly did not take up (429) is tried again", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL });
  bench.iru.failNext({ kind: "status", status: 429, headers: { "retry-after": "3" } });
  assert.match((await bench.mdm.lock(deviceId, "Locked by IT")).pin ?? "", /^\d{6}$/);
  assert.equal(bench.locks(), 1);
  assert.deepEqual(JSON.parse(bench.iru.received.at(-1)?.bodyText ?? ""), { Message: "Locked by IT" });
});

test("a lock's unreadable time is no guess about whether it happened", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL });
  const commandsWith = (date: string) =>
    JSON.stringify({
      commands: { count: 1, results: [{ command_type: "DeviceLock", date_requested: date }] },
    });
  for (const text of ["yesterday", "", "2022-08-18T15:07:22.133248", "2022-13-01T00:00:00Z"]) {
    bench.iru.failNext({ kind: "status", status: 200, body: commandsWith(text) });
    await assert.rejects(bench.mdm.wasLockedSince(deviceId, 0), { name: "TerminalError" }, text);
  }
  const at = Date.UTC(2022, 7, 18, 15, 7, 22, 133);
  for (const [text, since, expected] of [
    ["2022-08-18T15:07:22.133248Z", at, true],
    ["2022-08-18T17:07:22.133248+02:00", at, true],
    ["2022-08-18T15:07:22.133248Z", at + 1, false],
  ] as const) {
    bench.iru.failNext({ kind: "status", status: 200, body: commandsWith(text) });
    assert.equal(await bench.mdm.wasLockedSince(deviceId, since), expected, text);
  }
});

test("a PIN that may not be read is refused, unlike a Mac that has none", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: SERIAL });
  bench.iru.failNext({ kind: "status", status: 403 });
  await assert.rejects(bench.mdm.readUnlockPin(deviceId), { name: "TerminalError" });
  for (const body of ['{"pin":null}', '{"pin":""}', "{}"]) {
    bench.iru.failNext({ kind: "status", status: 200, body });
    assert.equal(await bench.mdm.readUnlockPin(deviceId), undefined);
  }
});
