import type { Effect } from "../../../src/core/effects.ts";
import type { Change, OutboxItem, Store } from "../../../src/ports/store.ts";
import type { KillOrder } from "./protocol.ts";

type Fetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** The places at which a process may be killed, named as they are passed. */
export interface CrashPoints {
  /** Passes the point; the process may not survive it. */
  pass(name: string): void;
  /** The names passed so far: `name #1`, `name #2` and so on for a place passed again. */
  readonly passed: readonly string[];
}

/**
 * Counts crash points, and calls `die` at the ordered one, from which there is no return. A point is known by its
 * name and not by its place in the order: lanes of effects run side by side, so the order may differ by a little.
 */
export function createCrashPoints(order: KillOrder | undefined, die: (point: string) => never): CrashPoints {
  const counts = new Map<string, number>();
  const passed: string[] = [];
  return {
    passed,
    pass(name) {
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const point = `${name} #${count}`;
      passed.push(point);
      if (order === undefined) return;
      if ("at" in order ? order.at === point : passed.length === order.every) die(point);
    },
  };
}

/**
 * The kind of a point; each kind is tried in one story or another. After a commit, and after a message was sent, each
 * one is a kind of its own (nudges are all alike); the others go by what is called or stored.
 */
export function kindOf(point: string): string {
  const [when = "", what = "", ...rest] = point.replace(/ #\d+$/, "").split(" ");
  const [call = "", key] = rest;
  switch (what) {
    case "commit":
      return [when, what, ...(when === "after" ? rest : [])].join(" ");
    case "outbox":
      return `${when} outbox ${rest.at(-1) ?? ""}`;
    case "slack":
      if (key === undefined) return [when, what, call].join(" ");
      return [when, what, call, when === "after" ? key.replace(/:\d+$/, "") : key.split(":")[0]].join(" ");
    default:
      return [when, what, ...rest].join(" ");
  }
}

/** A kind without the names of single messages and events: what the closing table counts by. */
export function groupOf(point: string): string {
  const [when, what, call] = point.split(" ");
  return what === "commit" ? `${when} commit` : what === "slack" ? `${when} slack ${call}` : kindOf(point);
}

/** A store with a crash point before and after each commit, and after each step of the outbox and the card. */
export function watchStore(store: Store, points: CrashPoints): Store {
  const effects = new Map<string, Effect["key"]>();
  const keyOf = (stream: string, position: number) => effects.get(`${stream} ${position}`) ?? "unread";

  function remember(items: readonly OutboxItem[]): readonly OutboxItem[] {
    for (const { stream, position, effect } of items) effects.set(`${stream} ${position}`, effect.key);
    return items;
  }

  return {
    ...store,
    async commit(change) {
      const what = nameOfChange(change);
      points.pass(`before commit ${what}`);
      const outcome = await store.commit(change);
      points.pass(`after commit ${what}`);
      return outcome;
    },
    async readOutbox(stream, lane) {
      return remember(await store.readOutbox(stream, lane));
    },
    async updateOutbox(stream, position, patch) {
      await store.updateOutbox(stream, position, patch);
      const state = patch.state === "pending" && patch.problem === undefined ? "tried" : patch.state;
      points.pass(`after outbox ${nameOfKey(keyOf(stream, position))} ${state}`);
    },
    async writeCard(requestId, card) {
      await store.writeCard(requestId, card);
      points.pass(`after card ${card.ref === undefined ? "tried" : "shown"}`);
    },
  };
}

function nameOfChange(change: Change): string {
  const types = change.audit.map((line) => line.type);
  return types.length > 0 ? types.join("+") : change.effects.length > 0 ? "effects" : "chunk";
}

/** A `fetch` with a crash point before each call is sent and after its whole answer is here. */
export function watchFetch(fetch: Fetch, points: CrashPoints): Fetch {
  return async (url, init) => {
    const name = nameOfCall(new URL(url), init);
    points.pass(`before ${name}`);
    const response = await fetch(url, init);
    const { status, statusText, headers } = response;
    const body = await response.arrayBuffer();
    points.pass(`after ${name}`);
    return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
  };
}

const UUIDS = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** Calls of Slack by their method and effect, calls of Iru by their last words. */
function nameOfCall(url: URL, init: RequestInit | undefined): string {
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const [first, second] = parts;
  if (first === "api" && second !== "v1") return `slack ${second} ${effectIn(init?.body)}`.trimEnd();
  if (first === "api") {
    const what = parts.slice(2).join("/").replaceAll(UUIDS, "ID");
    return `iru ${init?.method ?? "GET"} ${what}`;
  }
  return `slack ${first}`;
}

/** The key of the effect that a message carries, without the id of its request. */
function effectIn(body: unknown): string {
  const text = typeof body === "string" ? body : body instanceof URLSearchParams ? body.toString() : "";
  const key = /"key":"([^"]+)"/.exec(decodeURIComponent(text.replaceAll("\\", "")))?.[1] ?? "";
  return nameOfKey(key);
}

function nameOfKey(key: string): string {
  return key
    .replaceAll(UUIDS, "")
    .replace(/^:/, "")
    .replace(/\d{10,}/g, "T");
}
