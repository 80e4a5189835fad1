import assert from "node:assert/strict";
import test from "node:test";
import {
  freshNetwork,
  needsService,
  type Network,
  noteAnswer,
  noteProbe,
  noteSilence,
  noteWake,
  noteWord,
  startLook,
  verdict,
} from "./network.ts";
import type { Now } from "./now.ts";

const at = (awakeSeconds: number): Now => ({
  wall: 0,
  bootSession: "boot-1",
  continuousSeconds: awakeSeconds,
  awakeSeconds,
});

/** One look in which the probe fails and the service is silent. */
function silentLook(network: Network, second: number): void {
  assert.equal(startLook(network, at(second)), true);
  noteProbe(network, false);
  assert.equal(needsService(network), true);
  noteSilence(network);
}

test("loss is 3 silent looks over at least 10 awake seconds", () => {
  const network = freshNetwork(at(0));
  silentLook(network, 5);
  silentLook(network, 10);
  assert.equal(verdict(network, at(14)), "there");
  silentLook(network, 15);
  assert.equal(verdict(network, at(14.9)), "there", "ten seconds from the first look's start");
  assert.equal(verdict(network, at(15)), "loss");
});

test("slow looks count as looks: two are no loss, however long they took", () => {
  const network = freshNetwork(at(0));
  silentLook(network, 5);
  silentLook(network, 16);
  assert.equal(verdict(network, at(20)), "there");
});

test("looks are 5 s apart and one at a time", () => {
  const network = freshNetwork(at(0));
  assert.equal(startLook(network, at(4.9)), false);
  assert.equal(startLook(network, at(5)), true);
  assert.equal(startLook(network, at(20)), false, "the first is not over");
});

test("an answer of the service or a good probe ends the count", () => {
  for (const mend of [
    (network: Network) => noteAnswer(network, at(12)),
    (network: Network) => {
      startLook(network, at(15));
      noteProbe(network, true);
    },
  ]) {
    const network = freshNetwork(at(0));
    silentLook(network, 5);
    silentLook(network, 10);
    mend(network);
    silentLook(network, 20);
    assert.equal(verdict(network, at(25)), "there");
  }
});

test("the service answering during a look settles it, whatever the probe says", () => {
  const network = freshNetwork(at(0));
  startLook(network, at(5));
  noteAnswer(network, at(6));
  noteProbe(network, false);
  assert.equal(needsService(network), false);
});

test("L9 the service's word missing for 3 minutes while the probe is fine is an outage, whatever it answers", () => {
  const network = freshNetwork(at(0));
  noteWord(network, at(60), false);
  noteAnswer(network, at(100));
  noteWord(network, at(200), false);
  assert.equal(verdict(network, at(239)), "there");
  assert.equal(verdict(network, at(240)), "outage");
  assert.equal(network.heardAt, 0);
  noteWord(network, at(240), true);
  assert.equal(verdict(network, at(241)), "there");
  assert.equal(network.heardAt, 240);
});

test("a wake drops what was seen and allows 30 s", () => {
  const network = freshNetwork(at(0));
  silentLook(network, 5);
  silentLook(network, 10);
  const woken = noteWake(network, at(11));
  for (const second of [16, 21, 26, 31]) silentLook(woken, second);
  assert.equal(verdict(woken, at(40.9)), "there");
  assert.equal(verdict(woken, at(41)), "loss");
});

test("L9 a sleep does not set back for how long the service's word has been missing", () => {
  const network = freshNetwork(at(0));
  noteWord(network, at(60), false);
  const woken = noteWake(network, at(230));
  assert.deepEqual(
    [woken.heardAt, verdict(woken, at(259.9)), verdict(woken, at(260))],
    [0, "there", "outage"],
  );
  noteWord(woken, at(259), true);
  assert.equal(verdict(woken, at(260)), "there", "half a minute is enough to hear it");
});
