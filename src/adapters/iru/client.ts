import type { z } from "zod";
import { type DurationMs, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { TerminalError } from "../../ports/errors.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Log } from "../../ports/log.ts";
import { createCallBudget } from "./budget.ts";
import { type Fetch, type IruRequest, sendOnce } from "./http.ts";
import type { RetryTools } from "./retry.ts";
import {
  commandsSchema,
  deviceListSchema,
  deviceSchema,
  type IruCommandPage,
  type IruDevice,
  lockAnswerSchema,
  unlockPinSchema,
} from "./schemas.ts";

/** The most rows one page holds (vendor's description of `limit`). */
export const PAGE_SIZE = 300;

const DEFAULT_TIMEOUT_MS: DurationMs = 10 * SECOND_MS;

/** Where Iru is, how to reach it, and what the client tells time, chance and trouble with. */
export interface IruClientOptions {
  /** Such as `https://acme.api.kandji.io`; `https`, or `http` on this machine only. */
  readonly baseUrl: string;
  readonly token: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly ids: Pick<Ids, "fraction">;
  readonly log: Log;
  /** The most one try may take, body included; 10 s if absent. */
  readonly timeoutMs?: DurationMs;
}

/**
 * The few calls of Iru's API that Hallpass makes, each sent exactly once: who may repeat what is decided in
 * `mdm.ts`. All throw `IruUnavailable` or `TerminalError`; an answer of another shape than documented is terminal.
 */
export interface IruClient {
  /** What `withRetries` needs, from the same options. */
  readonly retryTools: RetryTools;
  /** One page of the devices whose serial CONTAINS `serial`, unchecked but for being objects. */
  listDevices(serial: string, offset: number): Promise<readonly unknown[]>;
  readDevice(deviceId: string): Promise<IruDevice>;
  /** Replaces the device's whole tag list, and nothing else of it. */
  writeTags(deviceId: string, tags: readonly string[]): Promise<void>;
  /** Sends the lock command; the PIN may be missing from an answer that accepted it. */
  lock(deviceId: string, message: string): Promise<string | undefined>;
  listCommands(deviceId: string, offset: number): Promise<IruCommandPage>;
  readUnlockPin(deviceId: string): Promise<string | undefined>;
}

/** Makes the client. Throws a plain `Error`, without the token, when the base URL or the token cannot be right. */
export function createIruClient(options: IruClientOptions): IruClient {
  const budget = createCallBudget(options.log);
  const connection = {
    baseUrl: checkBaseUrl(options.baseUrl),
    token: checkToken(options.token),
    fetch: options.fetch,
    clock: options.clock,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
  };

  function send(request: IruRequest): Promise<unknown> {
    budget.count(options.clock.now());
    return sendOnce(connection, request);
  }

  async function call<T extends z.ZodType>(request: IruRequest, schema: T): Promise<z.infer<T>> {
    const parsed = schema.safeParse(await send(request));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map((issue) => issue.path.join(".") || "(whole)").join(", ");
    throw new TerminalError(`Iru's answer to "${request.operation}" is not as documented at ${where}`);
  }

  return {
    retryTools: { clock: options.clock, ids: options.ids, log: options.log },
    listDevices(serial, offset) {
      const query = new URLSearchParams({ serial_number: serial, limit: String(PAGE_SIZE) });
      if (offset > 0) query.set("offset", String(offset));
      const path = `/api/v1/devices?${query.toString()}`;
      return call({ operation: "list devices", method: "GET", path }, deviceListSchema);
    },
    readDevice: (deviceId) =>
      call({ operation: "get device", method: "GET", path: devicePath(deviceId) }, deviceSchema),
    async writeTags(deviceId, tags) {
      await send({ operation: "set tags", method: "PATCH", path: devicePath(deviceId), body: { tags } });
    },
    async lock(deviceId, message) {
      const path = `${devicePath(deviceId)}/action/lock`;
      const request = { operation: "lock", method: "POST", path, body: { Message: message } } as const;
      return textOf((await call(request, lockAnswerSchema)).PIN);
    },
    async listCommands(deviceId, offset) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE), offset: String(offset) });
      const path = `${devicePath(deviceId)}/commands?${query.toString()}`;
      return (await call({ operation: "list commands", method: "GET", path }, commandsSchema)).commands;
    },
    async readUnlockPin(deviceId) {
      const path = `${devicePath(deviceId)}/secrets/unlockpin`;
      return textOf((await call({ operation: "get unlock PIN", method: "GET", path }, unlockPinSchema)).pin);
    },
  };
}

function devicePath(deviceId: string): string {
  return `/api/v1/devices/${encodeURIComponent(deviceId)}`;
}

function textOf(pin: string | number | null | undefined): string | undefined {
  return pin === null || pin === undefined || pin === "" ? undefined : String(pin);
}

/** The token travels with each call, so only this machine may be spoken to without TLS. */
function checkBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLocal);
  if (url === undefined || !isSafe || url.username !== "" || url.password !== "" || url.search !== "") {
    throw new Error("the Iru base URL must be an https URL without user, password or query");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** A token with a line break in it would be quoted, in full, by the platform's own error message. */
function checkToken(token: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error("the Iru API token must be printable ASCII without spaces");
  }
  return token;
}
