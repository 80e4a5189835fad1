import type { Effect } from "../core/effects.ts";
import { shortId } from "../core/ids.ts";
import { type AccessRequest, mayAskForLock } from "../core/request.ts";
import { type Instant, MINUTE_MS } from "../core/time.ts";
import { MessageGone, RetryableError, TerminalError } from "../ports/errors.ts";
import type { MessageRef } from "../ports/chat.ts";
import type { OutboxItem } from "../ports/store.ts";
import { handleCommand } from "./handle-command.ts";
import { onDevice } from "./on-device.ts";
import { doubtCard } from "./render-card.ts";
import { IDENTITY_TRIES_MAX, resolveIdentity } from "./resolve-identity.ts";
import type { Service } from "./service.ts";
import { syncTags } from "./sync-tags.ts";

const LOG_CHUNKS_PAGE = 100;
/** Characters of a log that are put into the thread. */
const LOG_TEXT_MAX = 16 * 1024 * 1024;
/** Clocks of the outside world and ours may differ by this much when an earlier try is looked for. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

type Of<T extends Effect["type"]> = Extract<Effect, { type: T }>;

/**
 * Does one effect. `attempts` counts the tries before this one; above 0 the outside world is first asked whether
 * the effect already happened (design section 6). Throws `RetryableError` or `TerminalError`.
 */
export async function performEffect(service: Service, item: OutboxItem): Promise<void> {
  const { effect, stream } = item;
  switch (effect.type) {
    case "resolve_identity":
      return resolveIdentity(service, stream, item.attempts + 1 >= IDENTITY_TRIES_MAX);
    case "sync_tags":
      return syncTags(service, stream);
    case "thread":
      return postThread(service, item, effect);
    case "upload_log":
      return uploadLog(service, item, effect);
    case "direct":
      return sendDirect(service, item, effect);
    case "lock_device":
      return lockDevice(service, item, effect);
    case "private_answer":
      return service.chat.answerPrivately(effect.responseUrl, effect.answer);
    case "ask_re_enrollment":
      return service.chat.askReEnrollment(
        { serial: effect.serial, askedAt: effect.askedAt },
        `${stream}:${effect.key}`,
      );
    case "warn_channel":
      return service.chat.warnChannel(
        { serial: effect.serial, kind: effect.kind, items: effect.items },
        `${stream}:${effect.key}`,
      );
  }
}

/** The root message that a thread post needs; its lane does not begin before it is there. */
async function requireRef(service: Service, stream: string): Promise<MessageRef> {
  const card = await service.store.readCard(stream);
  if (card?.ref !== undefined) return card.ref;
  throw new RetryableError("the root message is not there yet");
}

async function postThread(service: Service, item: OutboxItem, effect: Of<"thread">): Promise<void> {
  const ref = await requireRef(service, item.stream);
  const key = `${item.stream}:${effect.key}`;
  try {
    if (item.attempts > 0 && (await service.chat.isInThread(ref, key))) return;
    await service.chat.postThread(ref, effect.note, key);
  } catch (error) {
    // Only here: the lane of the thread is the one that writes where the root message is.
    if (error instanceof MessageGone) await doubtCard(service, item.stream);
    throw error;
  }
}

async function uploadLog(service: Service, item: OutboxItem, effect: Of<"upload_log">): Promise<void> {
  const ref = await requireRef(service, item.stream);
  const key = `${item.stream}:${effect.key}`;
  if (item.attempts > 0 && (await service.chat.isInThread(ref, key))) return;
  const stored = await service.store.loadRequest(item.stream);
  if (stored === undefined || !("log" in stored.request) || stored.request.log.state !== "collected") {
    throw new TerminalError("the log to upload is not there");
  }
  const { lines, hash, late } = stored.request.log;
  const { ask } = stored.request;
  await service.chat.uploadLog(
    ref,
    {
      filename: `hallpass-${ask.serial}-${shortId(ask.requestId)}.log`,
      text: await readLogText(service, item.stream),
      lines,
      hash,
      late,
    },
    key,
  );
}

/** The log as one text; of a huge one its beginning, so that no log can exhaust the service's memory. */
async function readLogText(service: Service, requestId: string): Promise<string> {
  const lines: string[] = [];
  let size = 0;
  for (let from = 0; ; from += LOG_CHUNKS_PAGE) {
    const chunks = await service.store.readLogChunks(requestId, from, LOG_CHUNKS_PAGE);
    for (const chunk of chunks) {
      for (const line of chunk.lines) size += line.length + 1;
      if (size > LOG_TEXT_MAX) {
        lines.push(`[cut before chunk ${chunk.seq}: the whole log is kept by the service]`);
        return `${lines.join("\n")}\n`;
      }
      lines.push(...chunk.lines);
    }
    if (chunks.length < LOG_CHUNKS_PAGE) break;
  }
  return lines.length === 0 ? "(no privileged commands were run)\n" : `${lines.join("\n")}\n`;
}

async function sendDirect(service: Service, item: OutboxItem, effect: Of<"direct">): Promise<void> {
  const stored = await service.store.loadRequest(item.stream);
  const identity = stored?.request.identity;
  const to =
    effect.to === "requester"
      ? identity?.state === "resolved"
        ? identity.directMessageTo
        : undefined
      : effect.to;
  // Nobody in Slack to tell: the card says so, and the Mac itself speaks to the user.
  if (to === undefined) return;
  const key = `${item.stream}:${effect.key}`;
  if (item.attempts > 0 && (await service.chat.wasSentDirect(to, key, item.createdAt - LOOK_BACK_MS))) return;
  await service.chat.sendDirect(to, effect.note, key, item.stream);
}

/** From when on a lock of this Mac can be this request's: one from before its session is an earlier session's. */
function lockSince(request: AccessRequest, { createdAt }: OutboxItem): Instant {
  const armedAt = "arming" in request ? request.arming.armedAt : 0;
  return Math.max(armedAt, createdAt - LOOK_BACK_MS);
}

/** Locks the Mac once and shows the PIN to the approver alone; the PIN is never stored. */
async function lockDevice(service: Service, item: OutboxItem, effect: Of<"lock_device">): Promise<void> {
  const { store, mdm, chat } = service;
  const stored = await store.loadRequest(item.stream);
  if (stored === undefined) throw new TerminalError("the request of this lock is not there");
  // A crash right after it was given up: that was told, and an approver may have asked anew.
  if ("ending" in stored.request && mayAskForLock(stored.request.ending)) return;
  const { serial } = stored.request.ask;
  const since = lockSince(stored.request, item);
  const { deviceId, ...answer } = await onDevice(service, serial, async (deviceId) => {
    const happened = item.attempts > 0 && (await mdm.wasLockedSince(deviceId, since));
    const { pin } = happened
      ? { pin: await mdm.readUnlockPin(deviceId) }
      : await mdm.lock(deviceId, "This Mac was locked by your IT team. Please contact them.");
    return { deviceId, pin };
  });
  await handleCommand(service, item.stream, {
    commandId: `locked:${effect.key}`,
    type: "device_locked",
    by: effect.by,
  });
  const card = await store.readCard(item.stream);
  // Nobody sees what stands beside a root message that can never be posted.
  if (card === undefined || (card.ref === undefined && card.problem !== undefined)) return;
  const ref = await requireRef(service, item.stream);
  const pin = answer.pin ?? (await mdm.readUnlockPin(deviceId));
  await chat.showPrivately(
    ref,
    effect.by,
    pin === undefined
      ? `The Mac ${serial} is being locked. Iru has no unlock PIN for it yet: look under the device's secrets.`
      : `The Mac ${serial} is being locked. Unlock PIN: ${pin} (shown to you only; Iru keeps it under the device's secrets).`,
  );
}
