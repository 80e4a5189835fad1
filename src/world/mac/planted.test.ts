import assert from "node:assert/strict";
import test from "node:test";
import type { Session } from "../../agent/core/record.ts";
import { SECOND_MS } from "../../core/time.ts";
import { createDesk } from "./testing/desk.ts";

type Desk = ReturnType<typeof createDesk>;

/** In a session: the agent is killed, its record edited, and launchd starts it again. */
async function plant(edit: (session: Session) => void, meanwhile: (desk: Desk) => void = () => {}) {
  const desk = createDesk();
  const { request } = await desk.elevate(10);
  const before = desk.mac.condition().admins.filter((name) => name !== "alice");
  await desk.seconds(5);
  desk.mac.attack.killAgent();
  meanwhile(desk);
  desk.mac.attack.editRecord((text) => {
    const record = JSON.parse(text) as { session: Session };
    edit(record.session);
    return JSON.stringify(record);
  });
  return { ...desk, request, before };
}

const guidOf = ({ baseline }: Session, name: string) =>
  baseline.accounts.find(({ username }) => username === name)?.generatedUid ?? "";

function explain(session: Session, name: string): void {
  const { baseline } = session;
  baseline.admins = [...baseline.admins, `name:${name}`, `guid:${guidOf(session, name)}`];
}

test("L5 a record edited while the agent was dead explains no administrator: what was sent with /arm counts", async () => {
  const plants: readonly Parameters<typeof plant>[] = [
    [(session) => explain(session, "alice")],
    [(session) => explain(session, "bob"), ({ mac }) => void mac.attack.addSecondAdmin("bob")],
    [
      (session) => {
        session.person = { uid: 502, generatedUid: guidOf(session, "bob"), username: "bob" };
        explain(session, "alice");
      },
    ],
  ];
  for (const attack of plants) {
    const { mac, request, before, seconds, reported } = await plant(...attack);
    await seconds(20);
    assert.deepEqual(mac.condition().admins, before, "nobody is left whom the service did not know of");
    await seconds(60);
    assert.equal(request.status, "ended");
    assert.match(reported("tampered").join("\n"), /record was changed while the agent was not running/);
  }
});

test("L5 offline, no proof is made from a record that the service has not vouched for", async () => {
  const { mac, service, seconds, minutes, before } = await plant(
    (session) => explain(session, "alice"),
    (desk) => desk.mac.setNetwork("off"),
  );
  await seconds(20);
  assert.deepEqual(mac.condition().admins, before, "a baseline that explains the requester is forged");
  await minutes(15);
  mac.setNetwork("on");
  await minutes(6);
  assert.equal(service.seen("/removed").length, 1);
});

test("L5 a record that swaps the people is undone as soon as the service can be asked, and proves nothing before", async () => {
  const { mac, service, minutes, before } = await plant(
    (session) => {
      explain(session, "alice");
      session.person = { uid: 502, generatedUid: guidOf(session, "bob"), username: "bob" };
    },
    (desk) => desk.mac.setNetwork("off"),
  );
  await minutes(15);
  mac.setNetwork("on");
  await minutes(6);
  assert.deepEqual(mac.condition().admins, before);
  assert.equal(service.seen("/removed").length, 1);
});

test("L5 a lost record is replaced by what was sent with /arm: a second admin made meanwhile goes too", async () => {
  const desk = createDesk();
  await desk.elevate(10);
  await desk.seconds(5);
  desk.mac.attack.killAgent();
  desk.mac.attack.addSecondAdmin("bob");
  desk.mac.attack.deleteRecord();
  await desk.seconds(60);
  assert.deepEqual(desk.mac.condition().admins, ["root", "itadmin"]);
});

test("L5 a requester renamed to an administrator's name ends as tampered and loses what the name gave", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(10);
  await seconds(2);
  mac.attack.renameAccount("itadmin", "old");
  mac.attack.renameAccount("alice", "itadmin");
  await seconds(3);
  assert.deepEqual([mac.isAdmin("itadmin"), mac.isAdmin("old")], [false, true]);
  await seconds(60);
  assert.equal(request.endReason, "tampered");
  assert.match(reported("tampered").join("\n"), /itadmin \(uid 501\) took over: itadmin \(by name\)/);
  assert.match(reported("exit").join("\n"), /not put back: itadmin \(by name\)/);
});

test("L5 L16 a requester with an administrator's GeneratedUID is never proven gone, and nobody is demoted", async () => {
  const { mac, service, clock, elevate, reported } = createDesk();
  const { request } = await elevate(10);
  await clock.advance(2 * SECOND_MS);
  const itadmin = service.seen("/arm")[0]?.body as { baseline: Session["baseline"] };
  const generatedUid = itadmin.baseline.accounts.find(({ username }) => username === "itadmin")?.generatedUid;
  mac.attack.changeAccount("alice", { generatedUid: generatedUid ?? "" });
  await clock.advance(90 * SECOND_MS);
  assert.equal(mac.isAdmin("itadmin"), true);
  assert.notEqual(request.status, "ended");
  assert.match(reported("still_admin").join("\n"), /alice is still an administrator/);
});
