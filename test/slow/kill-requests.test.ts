import assert from "node:assert/strict";
import { test } from "node:test";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { MINUTE_MS } from "../../src/core/time.ts";
import { verifyAuditChain } from "../../src/ports/audit-chain.ts";
import { PEOPLE, WORLD_SECRETS } from "../../src/world/cast.ts";
import { useChildProgram } from "./kill/life.ts";
import { createStage, type Stage } from "./kill/stage.ts";

/** 200 people on 10 Macs ask at the same moment, and the service is killed in the middle of it. */

const MACS = 10;
const PEOPLE_OF_A_MAC = 20;
const two = (number: number) => String(number).padStart(2, "0");

interface Asker {
  readonly key: string;
  readonly idempotencyKey: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly requestId: string;
}

const program = useChildProgram();

async function post(stage: Stage, path: string, body: object, headers: Record<string, string>) {
  const response = await fetch(`${stage.serviceUrl()}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function enrollMac(stage: Stage, mac: number): Promise<readonly Asker[]> {
  const serial = `C02HALLPAS${two(mac)}`;
  const { email, realName: name } = PEOPLE.anna;
  stage.iru.addDevice({ serial, owner: { email, name } });
  const { json } = await post(
    stage,
    "/enroll",
    { serial },
    { "x-enrollment-token": WORLD_SECRETS.enrollmentToken },
  );
  return Array.from({ length: PEOPLE_OF_A_MAC }, (_, person) => ({
    key: String(json["deviceKey"]),
    idempotencyKey: `first-${two(mac)}-${two(person)}`,
    body: {
      serial,
      hostname: `Mac ${mac}`,
      username: `person${person}`,
      uid: 501 + person,
      generatedUid: `A11A0000-0000-4000-8000-0000000000${two(person)}`,
      reason: "build",
      category: "developer",
      durationMinutes: 15,
    },
  }));
}

async function ask(stage: Stage, { key, idempotencyKey, body }: Asker): Promise<Answer> {
  const headers = { "x-api-key": key, "idempotency-key": idempotencyKey };
  const { status, json } = await post(stage, "/request", body, headers);
  assert.ok(status === 200 || status === 201, `${status} ${JSON.stringify(json)}`);
  return { status, requestId: String(json["requestId"]) };
}

/** Everybody asks at once; undefined for whom the service died before it answered. */
function askAtOnce(stage: Stage, askers: readonly Asker[]): Promise<readonly (Answer | undefined)[]> {
  return Promise.all(askers.map((asker) => ask(stage, asker).catch(() => undefined)));
}

for (const { point, inEffects } of [
  { point: "after commit requested #100", inEffects: false },
  { point: "after slack chat.postMessage card #57", inEffects: true },
]) {
  test(`L7 killed ${point} of 200 at once: what was answered is there, and a repeat gets the same id`, async () => {
    const stage = await createStage({ program: program(), kill: { at: point } });
    try {
      const askers: Asker[] = [];
      for (let mac = 1; mac <= MACS; mac += 1) askers.push(...(await enrollMac(stage, mac)));
      const first = await askAtOnce(stage, askers);
      const answered = first.filter((answer) => answer !== undefined).length;
      assert.ok(answered > 0 && answered < askers.length + (inEffects ? 1 : 0), `${answered} were answered`);
      await stage.persist(stage.touch);
      assert.deepEqual(stage.deaths, [point]);
      const again = await Promise.all(askers.map((asker) => ask(stage, asker)));
      for (const [index, answer] of first.entries()) {
        if (answer === undefined) continue;
        const repeat = { status: 200, requestId: answer.requestId };
        assert.deepEqual(again[index], repeat, askers[index]?.idempotencyKey);
      }
      const ids = new Set(again.map(({ requestId }) => requestId));
      assert.equal(ids.size, askers.length);
      await stage.advance(2 * MINUTE_MS);
      await stage.stopService();
      await assertAllShownOnce(stage, ids);
    } finally {
      await stage.close();
    }
  });
}

/** Every request has one root message and one direct message, a whole trail, and nothing left to do. */
async function assertAllShownOnce(stage: Stage, ids: ReadonlySet<string>): Promise<void> {
  const keysOf = (posts: readonly { metadata: unknown }[]) =>
    posts.map(({ metadata }) => /"key":"([^"]+)"/.exec(JSON.stringify(metadata))?.[1] ?? "").toSorted();
  const expected = (suffix: string) => [...ids].map((id) => `${id}:${suffix}`).toSorted();
  assert.deepEqual(keysOf(stage.slack.cards()), expected("card"));
  assert.deepEqual(keysOf(stage.slack.directs(PEOPLE.anna.id)), expected("dm:received"));
  const store = openSqliteStore({ file: stage.file, log: { info() {}, warn() {}, error() {} } });
  for (const id of ids) {
    const trail = await store.readAudit(id, 0, 10);
    assert.equal(verifyAuditChain(trail), undefined);
    assert.deepEqual(
      trail.map(({ type }) => type),
      ["requested", "identity_resolved"],
    );
    assert.deepEqual(await store.readOutbox(id), []);
  }
  await store.close();
}
