import { commandJson, deviceJson, json, libraryItemsJson, pageJson, problem } from "./answers.ts";
import { completionOf, type FakeDevice, findDevice, type IruState, setTags } from "./state.ts";

/** A call after its body was read. */
export interface IruCall {
  readonly method: string;
  readonly url: URL;
  readonly bodyText: string;
}

/** What `somebody else` does around one write of ours. */
export interface WriteHooks {
  /** Runs when the next PATCH has arrived, before it is applied. */
  before: ((device: FakeDevice) => void) | undefined;
  /** Runs right after the next PATCH was applied, before its answer. */
  after: ((device: FakeDevice) => void) | undefined;
}

/** The most rows of a page, and how many without `limit`. */
const PAGE_LIMIT = 300;

/** Answers one authorised call. Unknown paths and devices are 404, wrong methods 405. */
export function route(state: IruState, hooks: WriteHooks, call: IruCall): Response {
  const [, api, version, collection, id, ...rest] = call.url.pathname.split("/");
  if (api !== "api" || version !== "v1") return problem(state, 404, "Not Found");
  if (collection === "tags" && id === undefined) return tagsRoute(state, call);
  if (collection !== "devices") return problem(state, 404, "Not Found");
  if (id === undefined) return only("GET", state, call, () => listDevices(state, call));
  const device = findDevice(state, id);
  if (device === undefined) return problem(state, 404, "Not Found");
  switch (rest.join("/")) {
    case "":
      if (call.method === "PATCH") return patchDevice(state, hooks, device, call);
      return only("GET", state, call, () => json(state, 200, deviceJson(device)));
    case "commands":
      return only("GET", state, call, () => listCommands(state, device, call));
    case "library-items":
      return only("GET", state, call, () => json(state, 200, libraryItemsJson(state, device)));
    case "secrets/unlockpin":
      return only("GET", state, call, () => unlockPin(state, device));
    case "action/lock":
      return only("POST", state, call, () => lock(state, device));
    default:
      return problem(state, 404, "Not Found");
  }
}

function only(method: string, state: IruState, call: IruCall, answer: () => Response): Response {
  return call.method === method ? answer() : problem(state, 405, "Method Not Allowed");
}

/** The serial filter matches any part of a serial, as the vendor documents. The answer is a bare array. */
function listDevices(state: IruState, call: IruCall): Response {
  const { limit, offset } = pageOf(call.url);
  const serialPart = call.url.searchParams.get("serial_number") ?? "";
  const found = state.devices.filter((device) => device.serial.includes(serialPart));
  return json(state, 200, found.slice(offset, offset + limit).map(deviceJson));
}

/** Only `tags` can be changed here; the whole list is replaced, by the names of tags that exist. */
function patchDevice(state: IruState, hooks: WriteHooks, device: FakeDevice, call: IruCall): Response {
  const body = objectIn(call.bodyText);
  const tags = body?.["tags"];
  if (body === undefined || Object.keys(body).length !== 1 || !isTextList(tags)) {
    return problem(state, 400, "Bad Request: exactly tags, a list of names, is expected");
  }
  const unknown = tags.find((name) => !state.tags.has(name));
  if (unknown !== undefined) return problem(state, 400, `Bad Request: no tag is named ${unknown}`);
  const { before, after } = hooks;
  hooks.before = undefined;
  hooks.after = undefined;
  before?.(device);
  setTags(state, device, [...new Set(tags)]);
  const answer = json(state, 200, deviceJson(device));
  after?.(device);
  return answer;
}

function listCommands(state: IruState, device: FakeDevice, call: IruCall): Response {
  const { limit, offset } = pageOf(call.url);
  const newestFirst = device.commands.toReversed().map((command) => commandJson(state, command));
  const commands = pageJson(newestFirst, limit, offset, call.url.href);
  return json(state, 200, { device_id: device.deviceId, commands });
}

/** Refused while an earlier lock has not reached the Mac, as the vendor's error list says. */
function lock(state: IruState, device: FakeDevice): Response {
  const now = state.clock.now();
  const pending = device.commands.some(
    (command) => command.type === "DeviceLock" && completionOf(state, command) > now,
  );
  if (pending) return problem(state, 400, "Command already running");
  if (device.platform !== "Mac") return problem(state, 400, "Command is not allowed for current device");
  const pin = String(Math.floor(state.ids.fraction() * 1_000_000)).padStart(6, "0");
  device.commands.push({ uuid: state.ids.uuid(), type: "DeviceLock", requestedAt: now });
  device.unlockPin = pin;
  return json(state, 200, { PIN: pin });
}

function unlockPin(state: IruState, device: FakeDevice): Response {
  if (device.unlockPin === undefined) return problem(state, 404, "Not Found");
  return json(state, 200, { pin: device.unlockPin });
}

function tagsRoute(state: IruState, call: IruCall): Response {
  if (call.method === "POST") return createTag(state, call);
  return only("GET", state, call, () => {
    const search = call.url.searchParams.get("search") ?? "";
    const found = [...state.tags].filter(([name]) => name.includes(search));
    const { limit, offset } = pageOf(call.url);
    const rows = found.map(([name, id]) => ({ id, name }));
    return json(state, 200, pageJson(rows, limit, offset, call.url.href));
  });
}

function createTag(state: IruState, call: IruCall): Response {
  const name = objectIn(call.bodyText)?.["name"];
  if (typeof name !== "string" || name === "") return problem(state, 400, "Bad Request: name is missing");
  if (state.tags.has(name)) return problem(state, 400, "Bad Request: a tag of this name exists");
  const id = state.ids.uuid();
  state.tags.set(name, id);
  return json(state, 201, { id, name });
}

function pageOf(url: URL): { readonly limit: number; readonly offset: number } {
  const limit = Number(url.searchParams.get("limit") ?? PAGE_LIMIT);
  const offset = Number(url.searchParams.get("offset") ?? 0);
  return {
    limit: Number.isInteger(limit) && limit > 0 ? Math.min(limit, PAGE_LIMIT) : PAGE_LIMIT,
    offset: Number.isInteger(offset) && offset > 0 ? offset : 0,
  };
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;
  } catch {
    return undefined;
  }
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
