import assert from "node:assert/strict";
import { chunkHash } from "../../../src/app/log-chain.ts";
import { type DurationMs, type Instant, SECOND_MS, type SessionMinutes } from "../../../src/core/time.ts";
import { FIRST_HASH } from "../../../src/wire/device.ts";
import { ALLOW_RE_ENROLLMENT_ACTION_ID } from "../../../src/adapters/slack/actions.ts";
import { ANNAS_MAC, PEOPLE, WORLD_SECRETS } from "../../../src/world/cast.ts";
import type { EndReason } from "../../../src/core/request.ts";
import { press } from "./people.ts";
import type { Stage } from "./stage.ts";

interface MacAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A Mac that follows a script. Like the agent it makes each call with the same words until it has an answer. */
export interface ScriptedMac {
  readonly requestId: () => string;
  /**
   * Enrols. A key that was made but never arrived cannot be given again: then an approver allows a second enrolment.
   */
  enroll(): Promise<void>;
  /** Whether the service knows the Mac by its key. */
  isKnown(): Promise<boolean>;
  ask(minutes: SessionMinutes): Promise<void>;
  status(): Promise<Readonly<Record<string, unknown>>>;
  /** Polls every five seconds until the request stands so; gives up after two minutes. */
  waitFor(what: Readonly<Record<string, unknown>>): Promise<void>;
  cancel(): Promise<void>;
  arm(): Promise<void>;
  /** Confirms the rights; the answer is when they end. */
  start(): Promise<Instant>;
  /** Lets time pass with a heartbeat each minute. */
  live(ms: DurationMs): Promise<void>;
  ship(lines: readonly string[], final: boolean): Promise<void>;
  end(): Promise<void>;
  /** Says, when the network is back, that it was lost a minute ago and the rights are gone since. */
  lostNetwork(): Promise<void>;
  /** Proves that the rights are gone, if they were given at all, and takes its next key. */
  removed(reason: EndReason, granted?: boolean): Promise<void>;
}

const ARM_ID = "11111111-1111-4111-8111-111111111111";
const BOOT_SESSION = "22222222-2222-4222-8222-222222222222";
const BEAT_EVERY_MS = 60 * SECOND_MS;

/** Makes the Mac of the stage. */
export function createScriptedMac(stage: Stage): ScriptedMac {
  const { serial, hostname } = ANNAS_MAC;
  const [{ username, uid, generatedUid, email }] = ANNAS_MAC.users;
  let key = "";
  let requestId = "";
  let log = { seq: 0, hash: FIRST_HASH };

  async function call(path: string, body?: object, headers: Record<string, string> = {}): Promise<MacAnswer> {
    const answer = await stage.persist(async () => {
      const response = await fetch(`${stage.serviceUrl()}${path}`, {
        method: body === undefined ? "GET" : "POST",
        headers: { "content-type": "application/json", "x-api-key": key, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as MacAnswer["body"]) };
    });
    // What the call set off is done before the next act, so that every telling goes the same way.
    await stage.advance(0);
    return answer;
  }

  async function done(answer: Promise<MacAnswer>): Promise<MacAnswer["body"]> {
    const { status, body } = await answer;
    assert.ok(status === 200 || status === 201, `the Mac was answered ${status} ${JSON.stringify(body)}`);
    return body;
  }

  const status = () => done(call(`/status?requestId=${requestId}&serial=${serial}`));
  const isoAt = (at: Instant) => new Date(at).toISOString();
  const isoNow = () => isoAt(stage.now());

  async function enroll(): Promise<void> {
    const token = { "x-enrollment-token": WORLD_SECRETS.enrollmentToken };
    const enrollOnce = () => call("/enroll", { serial }, token);
    let answer = await enrollOnce();
    while (answer.status === 409) {
      await press(stage, PEOPLE.ben.id, ALLOW_RE_ENROLLMENT_ACTION_ID);
      answer = await enrollOnce();
    }
    key = String((await done(Promise.resolve(answer)))["deviceKey"]);
  }

  async function beat(): Promise<void> {
    const agentSha256 = "a".repeat(64);
    const continuousSeconds = stage.now() / SECOND_MS;
    const facts = { bootSession: BOOT_SESSION, continuousSeconds, admin: true, logSeq: log.seq, agentSha256 };
    await done(call("/beat", { requestId, serial, ...facts }));
  }

  return {
    requestId: () => requestId,
    enroll,
    isKnown: async () => (await call(`/mac?serial=${serial}`)).status === 200,
    async ask(durationMinutes) {
      const ask = { reason: "install <docker> & `x`", category: "install", durationMinutes };
      const body = { serial, hostname, username, uid, generatedUid, email, ...ask };
      requestId = String(
        (await done(call("/request", body, { "idempotency-key": "story-0001" })))["requestId"],
      );
    },
    status,
    async waitFor(what) {
      for (let polls = 0; polls < 24; polls += 1) {
        const seen = await status();
        if (Object.entries(what).every(([name, value]) => seen[name] === value)) return;
        await stage.advance(5 * SECOND_MS);
      }
      assert.deepEqual(await status(), what, "the Mac waited in vain");
    },
    cancel: async () => void (await done(call("/cancel", { requestId, serial }))),
    async arm() {
      const baseline = { admins: ["root", "itadmin"] };
      await done(call("/arm", { requestId, serial, armId: ARM_ID, uid, generatedUid, baseline }));
    },
    async start() {
      const elevatedAt = isoNow();
      const answer = await done(call("/start", { requestId, serial, armId: ARM_ID, elevatedAt }));
      return Date.parse(String(answer["elevationEnd"]));
    },
    async live(ms) {
      const until = stage.now() + ms;
      while (stage.now() < until) {
        await beat();
        await stage.advance(Math.min(BEAT_EVERY_MS, Math.max(0, until - stage.now())));
      }
    },
    async ship(lines, final) {
      const { seq, hash: previousHash } = log;
      await done(call("/log", { requestId, serial, seq, previousHash, lines, final }));
      log = { seq: seq + 1, hash: chunkHash(previousHash, lines) };
    },
    end: async () => void (await done(call("/end", { requestId, serial }))),
    async lostNetwork() {
      const times = { lostAt: isoAt(stage.now() - 60 * SECOND_MS), removedAt: isoNow() };
      await done(call("/revoke-network-loss", { requestId, serial, ...times }));
    },
    async removed(reason, granted = true) {
      const proof = { granted, verified: true, reason, removedAt: isoNow() };
      const { nextKey } = await done(call("/removed", { requestId, serial, armId: ARM_ID, ...proof }));
      if (typeof nextKey === "string") key = nextKey;
    },
  };
}
