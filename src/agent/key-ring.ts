import { enrollAnswer, removedAnswer } from "../wire/device.ts";
import type { CallName, Outcome } from "./core/calls.ts";
import type { DeviceKeys, KeyStore } from "./ports.ts";

/**
 * The Mac's key and its renewal: the key given with `/removed` is used from the next call on, and the old one is kept
 * until the new one was taken once (design section 5).
 */
export interface KeyRing {
  /** Rejects, as the next two do, when the keychain cannot be read. */
  hasKey(): Promise<boolean>;
  /** The key to use now: the renewed one if there is one. */
  forNextCall(): Promise<string | undefined>;
  enrollmentToken(): Promise<string>;
  /**
   * Learns from what a call with `key` came to: new keys are stored, a renewed one that was taken replaces the old.
   * False when they could not be stored: then nothing has changed, and the keys of before are used on.
   */
  noteOutcome(name: CallName, key: string | undefined, outcome: Outcome<unknown>): Promise<boolean>;
  /** What the keychain did not do when it was last used. */
  trouble(): string | undefined;
}

/** Makes the key ring over the keychain. The keys are read once: deleting them does not silence a running agent. */
export function createKeyRing(store: KeyStore): KeyRing {
  let keys: DeviceKeys | undefined;
  let isNextRefused = false;
  let trouble: string | undefined;

  // What the keychain says of itself is left out: it may name what it holds (law L12).
  async function tried<T>(what: string, use: () => Promise<T>): Promise<T> {
    try {
      const result = await use();
      trouble = undefined;
      return result;
    } catch (error) {
      trouble = `the keychain could not be ${what}`;
      throw error;
    }
  }

  async function read(): Promise<DeviceKeys> {
    keys ??= await tried("read", () => store.read());
    return keys;
  }

  /** A key that is not on disk is not used: once it is, the old one is good no longer, also for the next process. */
  async function write(next: DeviceKeys): Promise<void> {
    await tried("written", () => store.write(next));
    keys = next;
    isNextRefused = false;
  }

  async function learn(name: CallName, key: string | undefined, outcome: Outcome<unknown>): Promise<void> {
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
  }

  return {
    hasKey: async () => (await read()).current !== undefined,
    async forNextCall() {
      const { current, next } = await read();
      return next !== undefined && !isNextRefused ? next : current;
    },
    enrollmentToken: async () => (await tried("read", () => store.enrollmentToken())) ?? "",
    noteOutcome: (name, key, outcome) =>
      learn(name, key, outcome).then(
        () => true,
        () => false,
      ),
    trouble: () => trouble,
  };
}
