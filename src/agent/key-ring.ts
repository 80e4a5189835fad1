import { enrollAnswer, removedAnswer } from "../wire/device.ts";
import type { CallName, Outcome } from "./core/calls.ts";
import type { DeviceKeys, KeyStore } from "./ports.ts";

/**
 * The Mac's key and its renewal: the key given with `/removed` is used from the next call on, and the old one is kept
 * until the new one was taken once (design section 5).
 */
export interface KeyRing {
  hasKey(): Promise<boolean>;
  /** The key to use now: the renewed one if there is one. */
  forNextCall(): Promise<string | undefined>;
  enrollmentToken(): Promise<string>;
  /** Learns from what a call with `key` came to: new keys are stored, a renewed one that was taken replaces the old. */
  noteOutcome(name: CallName, key: string | undefined, outcome: Outcome<unknown>): Promise<void>;
}

/** Makes the key ring over the keychain. The keys are read once: deleting them does not silence a running agent. */
export function createKeyRing(store: KeyStore): KeyRing {
  let keys: DeviceKeys | undefined;
  let isNextRefused = false;

  async function read(): Promise<DeviceKeys> {
    keys ??= await store.read();
    return keys;
  }

  async function write(next: DeviceKeys): Promise<void> {
    keys = next;
    isNextRefused = false;
    await store.write(next);
  }

  return {
    hasKey: async () => (await read()).current !== undefined,
    async forNextCall() {
      const { current, next } = await read();
      return next !== undefined && !isNextRefused ? next : current;
    },
    enrollmentToken: async () => (await store.enrollmentToken()) ?? "",
    async noteOutcome(name, key, outcome) {
      const { current, next } = await read();
      if (key !== undefined && key === next) {
        if (outcome.came === "refused" && outcome.status === 401) isNextRefused = true;
        else if (outcome.came === "answer") await write({ current: next });
      }
      if (outcome.came !== "answer") return;
      if (name === "enroll") await write({ current: enrollAnswer.parse(outcome.answer).deviceKey });
      if (name !== "removed") return;
      const given = removedAnswer.parse(outcome.answer).nextKey;
      const kept = (await read()).current ?? current;
      if (given !== undefined && given !== kept) {
        await write({ ...(kept === undefined ? {} : { current: kept }), next: given });
      }
    },
  };
}
