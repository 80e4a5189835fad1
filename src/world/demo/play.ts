import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { approveActionId } from "../../adapters/slack/actions.ts";
import { PEOPLE } from "../cast.ts";
import type { DemoSnapshot } from "./snapshot.ts";
import type { Stage } from "./stage.ts";

/** How a play ended: at its end, by somebody who took over, or by itself because something did not happen. */
export type PlayOutcome = "played" | "taken_over" | "stuck";

/** What a play needs to know of the world outside it. */
export interface PlayOptions {
  readonly stage: Stage;
  readonly real: Clock;
  /** Aborted when a person takes over. */
  readonly signal: AbortSignal;
  readonly speeds: PlaySpeeds;
  /** Hears how far it is, from 0 to 1. */
  onProgress(progress: number): void;
}

/** Simulated seconds in a real one: while things happen, and while time only passes. */
export interface PlaySpeeds {
  readonly calm: number;
  readonly quick: number;
}

type Seen = Omit<DemoSnapshot, "story">;

const LOOK_EVERY_MS = 60;
/** In simulated time: longer than anything that a step waits for. */
const LONGEST_WAIT_MS = 20 * MINUTE_MS;
class PlayEnded extends Error {
  readonly outcome: Exclude<PlayOutcome, "played">;
  constructor(outcome: Exclude<PlayOutcome, "played">) {
    super(outcome);
    this.outcome = outcome;
  }
}

/** Plays one whole session: asked for, approved shorter, used, ended on time, proven, logged. */
export async function playSession(options: PlayOptions): Promise<PlayOutcome> {
  const { stage, speeds } = options;
  const steps = script(options);
  try {
    for (const [index, step] of steps.entries()) {
      options.onProgress(index / steps.length);
      await step();
    }
    return "played";
  } catch (error) {
    if (!(error instanceof PlayEnded)) throw error;
    return error.outcome;
  } finally {
    options.onProgress(1);
    stage.pump.setRate(speeds.calm);
  }
}

function script(options: PlayOptions): readonly (() => Promise<void>)[] {
  const { stage, speeds } = options;
  const { mac, shell, pump } = stage;
  const type = (line: string) => async () => {
    shell.run(line);
    await pause(options, 10 * SECOND_MS);
  };
  const until = (isSo: (seen: Seen) => boolean) => () => waitUntil(options, isSo);
  const atSpeed = (rate: number) => async () => pump.setRate(rate);
  return [
    atSpeed(speeds.calm),
    () => pause(options, 10 * SECOND_MS),
    type("sudo whoami"),
    async () => {
      const reason = "Install the new VPN client";
      await mac.requestAdmin({ user: PEOPLE.anna.name, reason, category: "install", minutes: 15 });
    },
    until(({ slack }) => slack.messages.length > 0),
    () => pause(options, 25 * SECOND_MS),
    () => approve(options),
    until(({ macs }) => macs[0]?.menuBar.state === "admin"),
    () => pause(options, 8 * SECOND_MS),
    type("sudo whoami"),
    type("sudo cp -R VPN.app /Applications"),
    type("sudo chown -R root:wheel /Applications/VPN.app"),
    atSpeed(speeds.quick),
    until(({ audit }) => audit.entries.some(({ type: event }) => event === "warned")),
    atSpeed(speeds.calm),
    () => pause(options, 8 * SECOND_MS),
    type("sudo launchctl kickstart system/com.example.vpn"),
    atSpeed(speeds.quick),
    until(({ macs }) => macs[0]?.menuBar.state !== "admin"),
    atSpeed(speeds.calm),
    type("sudo whoami"),
    until(({ slack }) => isClosed(slack)),
  ];
}

async function approve({ stage }: PlayOptions): Promise<void> {
  const card = stage.world.slack.cards().at(-1);
  if (card === undefined) throw new PlayEnded("stuck");
  await stage.world.slack.click(PEOPLE.ben.id, card.ts, approveActionId(10));
}

/** The log is in the thread and the requester was told that it is over. */
function isClosed({ messages, directMessages }: Seen["slack"]): boolean {
  const hasLog = messages.at(-1)?.replies.some(({ files }) => files.length > 0) === true;
  const last = directMessages[PEOPLE.anna.id]?.at(-1)?.text ?? "";
  return hasLog && last.includes("over since");
}

/** Lets simulated time pass. */
async function pause(options: PlayOptions, durationMs: number): Promise<void> {
  const until = options.stage.now() + durationMs;
  await waitUntil(options, () => options.stage.now() >= until);
}

async function waitUntil(options: PlayOptions, isSo: (seen: Seen) => boolean): Promise<void> {
  const { stage, real, signal } = options;
  const latest = stage.now() + LONGEST_WAIT_MS;
  for (;;) {
    if (signal.aborted) throw new PlayEnded("taken_over");
    if (isSo(await stage.take())) return;
    if (stage.now() > latest) throw new PlayEnded("stuck");
    await real.sleep(LOOK_EVERY_MS, signal);
  }
}
