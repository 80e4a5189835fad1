import { z } from "zod";
import { SERIAL_PATTERN, SLACK_USER_ID_PATTERN } from "../../core/ids.ts";
import { CATEGORIES } from "../../core/request.ts";
import { durationMinutes } from "../../wire/device.ts";

/** The speeds that the page offers: simulated seconds in one real second. */
export const SPEEDS = [1, 10, 60] as const;

const serial = z.string().regex(SERIAL_PATTERN, "must be a serial number");
const person = z.string().regex(SLACK_USER_ID_PATTERN, "must be a Slack user id");
const id = z.string().min(1).max(255);

/** What a person can do on the page. Everything else is refused. */
export const demoAct = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("request"),
    serial,
    reason: z.string().trim().min(1, "please say what for").max(500),
    category: z.enum(CATEGORIES),
    durationMinutes,
  }),
  z.strictObject({ act: z.literal("cancel"), serial }),
  z.strictObject({ act: z.literal("done"), serial }),
  z.strictObject({ act: z.literal("start_now"), serial }),
  z.strictObject({ act: z.literal("command"), serial, line: z.string().max(2_000) }),
  z.strictObject({
    act: z.literal("network"),
    serial,
    network: z.enum(["online", "captive", "offline"]),
  }),
  z.strictObject({ act: z.literal("lid"), serial, lid: z.enum(["open", "closed"]) }),
  z.strictObject({ act: z.literal("reboot"), serial }),
  z.strictObject({ act: z.literal("click"), person, channelId: id, ts: id, actionId: id }),
  /** `words`: what stands in the one field of the dialog. */
  z.strictObject({ act: z.literal("submit_view"), person, words: z.string().max(3_000) }),
  z.strictObject({ act: z.literal("close_view"), person }),
  z.strictObject({ act: z.literal("slash"), person, text: z.string().max(4_000) }),
  z.strictObject({ act: z.literal("speed"), rate: z.union(SPEEDS.map((rate) => z.literal(rate))) }),
  z.strictObject({ act: z.literal("play") }),
  z.strictObject({ act: z.literal("take_over") }),
  z.strictObject({ act: z.literal("start_afresh") }),
]);

export type DemoAct = z.output<typeof demoAct>;
