import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { CAST, createHttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac } from "../../test/http/mac.ts";
import { SECOND_MS } from "../core/time.ts";
import { listenHttp } from "../adapters/node-http/listen.ts";

const POLLS = 40;
const turn = () => new Promise((resolve) => void setTimeout(resolve, 5));

async function becomes(look: () => number, wanted: number, what: string): Promise<void> {
  const until = performance.now() + 10_000;
  while (look() !== wanted && performance.now() < until) await turn();
  assert.equal(look(), wanted, what);
}

const openSockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

test("Macs that hang up during held polls over HTTP leave no waiter, timer, listener or socket behind", async (t) => {
  const stopping = new AbortController();
  const world = await createHttpWorld({ stopping: stopping.signal });
  t.after(() => world.running.stop());
  const mac = await enrolledMac(world);
  const requestId = await mac.asked();
  const signals: AbortSignal[] = [];
  const listener = await listenHttp({
    async fetch(request) {
      signals.push(request.signal);
      return world.fetch(request);
    },
    host: "127.0.0.1",
    port: 0,
    unreadable: () => new Response(null, { status: 400 }),
  });
  t.after(() => listener.close(0));
  const { wake } = world.service;
  const before = {
    sockets: openSockets(),
    listeners: getEventListeners(stopping.signal, "abort").length,
  };

  const query = new URLSearchParams({ serial: mac.serial, requestId, wait: "20" }).toString();
  const sockets: Socket[] = [];
  for (let number = 0; number < POLLS; number += 1) {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(listener.url).port) });
    await once(socket, "connect");
    socket.write(`GET /status?${query} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: ${mac.key}\r\n\r\n`);
    sockets.push(socket);
  }
  await becomes(() => wake.waiting(), POLLS, "all are held");
  const pollsEndAt = world.clock.now() + 20 * SECOND_MS;
  assert.equal(world.clock.nextAt(), pollsEndAt, "a timer each");
  assert.equal(openSockets(), before.sockets + 2 * POLLS, "both ends of each");
  assert.equal(getEventListeners(stopping.signal, "abort").length, before.listeners, "one for all of them");
  assert.equal(signals.filter((signal) => getEventListeners(signal, "abort").length > 0).length, POLLS);

  for (const socket of sockets.slice(0, POLLS / 2)) socket.destroy();
  await becomes(() => wake.waiting(), POLLS / 2, "those who are still there wait on");
  const answers = sockets.slice(POLLS / 2).map((socket) => once(socket, "data"));
  await world.click(CAST.ben, "hallpass_approve_15", requestId);
  for (const [bytes] of await Promise.all(answers)) assert.match(String(bytes), /"status":"approved"/);
  assert.equal(wake.waiting(), 0, "nobody waits");
  for (const socket of sockets) socket.destroy();
  await world.settle();
  await becomes(openSockets, before.sockets, "every socket is closed");
  await world.clock.advance(5 * SECOND_MS);
  assert.notEqual(world.clock.nextAt(), pollsEndAt, "no timer is left");
  assert.equal(getEventListeners(stopping.signal, "abort").length, before.listeners);
  for (const signal of signals) assert.equal(getEventListeners(signal, "abort").length, 0);
});
