import { libraryItemsFor } from "./library.ts";
import { completionOf, type FakeCommand, type FakeDevice, type IruState, tagsOf } from "./state.ts";
import { httpDateText, spacedTimeText, timeText } from "./time-text.ts";

// The shapes follow the examples of the vendor's API description; test/slow checks them against it.

const BLUEPRINT = { id: "5b1d3c52-41f7-4f0a-9a55-0c8f4f6f2b7e", name: "Hallpass world" };
const COMMAND_PENDING = 1;
const COMMAND_COMPLETED = 3;

/** JSON with the server's own `Date`, which is the simulated clock's. */
export function json(state: IruState, status: number, body: unknown): Response {
  return new Response(JSON.stringify(body), { status, headers: answerHeaders(state) });
}

export function answerHeaders(state: IruState): Record<string, string> {
  return { "content-type": "application/json", date: httpDateText(state.clock.now()) };
}

/** The vendor's documented error body. */
export function problem(state: IruState, status: number, error: string): Response {
  return json(state, status, { error });
}

export function deviceJson(device: FakeDevice): Record<string, unknown> {
  const owner = device.owner;
  return {
    device_id: device.deviceId,
    device_name: device.name,
    model: "MacBook Air (13-inch, M3, 2024)",
    serial_number: device.serial,
    platform: device.platform,
    os_version: "15.5",
    last_check_in: timeText(device.lastCheckInAt),
    user: owner === undefined ? "" : { ...owner, is_archived: false },
    asset_tag: "",
    blueprint_id: BLUEPRINT.id,
    mdm_enabled: true,
    agent_installed: true,
    is_missing: false,
    is_removed: false,
    agent_version: "4.7.0 (5100)",
    first_enrollment: spacedTimeText(device.enrolledAt),
    last_enrollment: spacedTimeText(device.enrolledAt),
    blueprint_name: BLUEPRINT.name,
    lost_mode_status: "",
    tags: tagsOf(device),
  };
}

export function commandJson(state: IruState, command: FakeCommand): Record<string, unknown> {
  const completedAt = completionOf(state, command);
  const completed = completedAt <= state.clock.now();
  return {
    uuid: command.uuid,
    error_chain: [],
    command_type: command.type,
    request_type: command.type,
    metadata: {},
    request_requires_network_tether: false,
    status: completed ? COMMAND_COMPLETED : COMMAND_PENDING,
    attempts: 1,
    date_requested: timeText(command.requestedAt),
    date_completed: completed ? timeText(completedAt) : null,
    last_pushed: timeText(command.requestedAt),
    user: null,
    priority: 0,
  };
}

export function libraryItemsJson(state: IruState, device: FakeDevice): Record<string, unknown> {
  const items = libraryItemsFor(state, device).map(({ item, deliveredAt }, index) => {
    const reportedAt = deliveredAt === undefined ? null : timeText(deliveredAt);
    return {
      id: index + 1,
      status: deliveredAt === undefined ? "PENDING" : "PASS",
      reported_at: reportedAt,
      log: null,
      last_audit_run: reportedAt,
      last_audit_log: deliveredAt === undefined ? null : `${item.name} is on the Mac`,
      control_log: null,
      control_reported_at: null,
      item_id: `00000000-0000-4000-8000-${String(index + 1).padStart(12, "0")}`,
      name: item.name,
      type: item.type,
      computer: { id: device.deviceId, name: device.name },
      blueprint: BLUEPRINT,
      rules_present: false,
    };
  });
  return { device_id: device.deviceId, library_items: items };
}

/** The listing shape that tags and commands share. `all` is in order; `href` is the listing's own URL. */
export function pageJson(
  all: readonly unknown[],
  limit: number,
  offset: number,
  href: string,
): Record<string, unknown> {
  const at = (from: number) => {
    const url = new URL(href);
    url.searchParams.set("limit", String(limit));
    url.searchParams.set("offset", String(from));
    return url.href;
  };
  return {
    count: all.length,
    next: offset + limit < all.length ? at(offset + limit) : null,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    results: all.slice(offset, offset + limit),
  };
}
