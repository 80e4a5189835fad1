import { createHash } from "node:crypto";
import { toIso } from "../../agent/core/iso.ts";
import type { Random } from "../random.ts";
import { PEOPLE, WORLD_SECRETS } from "../cast.ts";
import { signSlackRequest } from "../../adapters/slack/verify.ts";
import type { SimWorld } from "./sim-world.ts";

const ZEROS = "0".repeat(64);

/** Somebody else changes a Mac's tags, at any time or just around a write of ours. */
export function tags(world: SimWorld, random: Random): void {
  if (!world.faults.happens("tags_edited")) return;
  const side = random.pick(world.macs);
  const { serial } = side.cast;
  const deviceId = world.deviceIds.get(serial) ?? "";
  const theirs = world.othersTags.get(serial) ?? new Set();
  const tag = `team-${random.integer(1, 4)}`;
  const remove = theirs.has(tag);
  world.book.note(serial, undefined, () => `somebody ${remove ? "removes" : "adds"} the tag ${tag}`);
  if (remove) theirs.delete(tag);
  else theirs.add(tag);
  world.iru.editTags(deviceId, (present) =>
    remove ? present.filter((other) => other !== tag) : [...present, tag],
  );
}

/** Somebody takes our own tags away, or sets one, just after a write of ours. */
export function ownTagsEdited(world: SimWorld, random: Random): void {
  if (!world.faults.happens("tags_edited")) return;
  world.book.count("fault own_tags_overwritten");
  world.iru.afterNextPatch((present) =>
    present.filter((tag) => !tag.startsWith("temp-admin") || random.chance(0.3)),
  );
}

/** Somebody with a Mac's key, another Mac's ids, or no right at all calls the service. */
export function forge(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const { serial } = side.cast;
  const ids = [...world.durable.requests.keys()];
  const requestId = ids.length === 0 ? uuid(random) : random.pick(ids);
  const person = random.pick(side.cast.users);
  const at = toIso(world.clock.now());
  const post = (path: string, body: object) => send(world, side.key, path, { serial, requestId, ...body });
  const { uid, generatedUid } = person;
  const calls: Readonly<Record<string, () => void>> = {
    arm: () => post("/arm", { armId: uuid(random), uid, generatedUid, baseline: { admins: [] } }),
    start: () => post("/start", { armId: uuid(random), elevatedAt: at }),
    removed: () =>
      post("/removed", {
        armId: uuid(random),
        granted: true,
        verified: true,
        reason: "expired",
        removedAt: at,
      }),
    log: () =>
      post("/log", {
        seq: random.integer(0, 2),
        previousHash: hash(random),
        lines: ["forged"],
        final: random.chance(0.5),
      }),
    report: () =>
      post("/report", {
        reportId: uuid(random),
        kind: random.pick(["tampered", "drift"]),
        at,
        items: ["forged"],
      }),
    cancel: () => post("/cancel", {}),
    end: () => post("/end", {}),
    nobody: () => send(world, "x".repeat(43), "/end", { serial, requestId }),
    other_serial: () => send(world, side.key, "/end", { serial: "C02SIM000002", requestId }),
    unsigned: () => void slackForged(world, requestId),
    enroll: () => send(world, undefined, "/enroll", { serial }, WORLD_SECRETS.enrollmentToken),
  };
  const name = random.pick(Object.keys(calls));
  world.book.note(serial, requestId, () => `forged call: ${name}`);
  world.book.count(`forged ${name}`);
  calls[name]?.();
}

function send(world: SimWorld, key: string | undefined, path: string, body: object, token?: string): void {
  const headers = {
    "content-type": "application/json",
    ...(key === undefined ? {} : { "x-api-key": key }),
    ...(token === undefined ? {} : { "x-enrollment-token": token }),
  };
  void world.call(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => undefined);
}

/** An approval signed with a key that is not Slack's. */
async function slackForged(world: SimWorld, requestId: string): Promise<void> {
  const payload = JSON.stringify({
    type: "block_actions",
    user: { id: PEOPLE.ben.id },
    actions: [{ type: "button", action_id: "hallpass_approve_30", value: requestId }],
  });
  const body = new URLSearchParams({ payload }).toString();
  const timestamp = String(Math.floor(world.clock.now() / 1_000));
  const headers = {
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": signSlackRequest("not-the-signing-secret-0000000000", timestamp, body),
  };
  await world
    .call("/slack/actions", {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body,
    })
    .then((answer) =>
      world.book.check("L11", "only Slack's own signature counts", answer.status === 401, () => ({
        text: `a forged click was answered ${answer.status}`,
        requestId,
      })),
    )
    .catch(() => undefined);
}

function uuid(random: Random): string {
  const hex = createHash("sha256").update(String(random.fraction())).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

function hash(random: Random): string {
  return random.chance(0.5) ? ZEROS : createHash("sha256").update(String(random.fraction())).digest("hex");
}
