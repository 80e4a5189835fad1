import assert from "node:assert/strict";
import { SECOND_MS } from "../../src/core/time.ts";
import { ANNAS_MAC, PEOPLE, WORLD_SECRETS } from "../../src/world/cast.ts";
import { createVirtualClock, type VirtualClock } from "../../src/world/clock.ts";
import { createSimulatedMac, type SimulatedMac, type SimulatedMacOptions } from "../../src/world/mac/mac.ts";
import { createWorldIds } from "../../src/world/random.ts";
import { createWorld, type World, type WorldOptions } from "../../src/world/world.ts";

/** Somewhat like a good day at Iru: a tag is known to the Mac 2 s later, a run takes 8 s. */
const DELAYS = { tagMs: 2 * SECOND_MS, scriptMs: 0, profileMs: 0, runMs: 8 * SECOND_MS };

/** One call of a Mac as it came to the service. */
export interface MacCall {
  readonly at: number;
  readonly serial: string;
  readonly path: string;
  /** The HTTP status it was answered with; undefined while it is not answered. */
  status: number | undefined;
}

/** A whole installation in process, on a clock that moves only when told to: real service, real agents. */
export interface Whole {
  readonly world: World;
  readonly clock: VirtualClock;
  /** Every call of every Mac, in the order of coming. */
  readonly calls: readonly MacCall[];
  /** Adds a Mac of Anna's; its agent starts at once. Iru has to know its serial. */
  addMac(change?: Partial<SimulatedMacOptions>): SimulatedMac;
  seconds(count: number): Promise<void>;
  /** Moves time on by quarters of a second until `isSo` holds; fails after `limit` seconds. */
  until(what: string, isSo: () => boolean, limit?: number): Promise<void>;
  /** Ben presses the button of the newest root message whose label begins so. */
  press(label: string): Promise<void>;
  stop(): Promise<void>;
}

/** What a whole installation is made of. `answer` answers a Mac's call in the service's place. */
export type WholeOptions = Pick<WorldOptions, "policy" | "macConfig"> & {
  readonly answer?: (call: MacCall) => Response | undefined;
};

/** Makes an installation without Macs. */
export async function createWhole(options: WholeOptions = {}): Promise<Whole> {
  const clock = createVirtualClock(Date.UTC(2026, 10, 23, 10, 0, 0));
  const { answer = () => undefined, ...change } = options;
  const seed = "whole";
  const parts = { clock, activity: clock.activity, transport: "in-process" as const, seed, delays: DELAYS };
  const world = await createWorld({ ...parts, ...change });
  const calls: MacCall[] = [];
  const macs: SimulatedMac[] = [];
  const seconds = (count: number) => clock.advance(count * SECOND_MS);

  const fetchOf =
    (serial: string): typeof globalThis.fetch =>
    async (input, init) => {
      const { pathname: path } = new URL(input instanceof Request ? input.url : input);
      const call: MacCall = { at: clock.now(), serial, path, status: undefined };
      calls.push(call);
      const response = answer(call) ?? (await world.fetch(input, init));
      call.status = response.status;
      return response;
    };

  return {
    world,
    clock,
    calls,
    seconds,
    addMac(change = {}) {
      const serial = change.serial ?? ANNAS_MAC.serial;
      const mac = createSimulatedMac({
        serial,
        hostname: ANNAS_MAC.hostname,
        users: [...ANNAS_MAC.users],
        clock,
        ids: createWorldIds(world.random.fork(`mac/${serial}`)),
        serviceUrl: world.serviceUrl,
        fetch: fetchOf(serial),
        iru: world.iru.delivery,
        enrollmentToken: WORLD_SECRETS.enrollmentToken,
        ...change,
      });
      macs.push(mac);
      return mac;
    },
    async until(what, isSo, limit = 120) {
      for (const end = clock.now() + limit * SECOND_MS; !isSo(); await seconds(0.25)) {
        assert.ok(clock.now() < end, `not within ${limit} s: ${what}`);
      }
    },
    async press(label) {
      const { cards, buttons, click } = world.slack;
      const fitting = (ts: string) => buttons(ts).find((button) => button.label.startsWith(label));
      const card = cards().findLast(({ ts }) => fitting(ts) !== undefined);
      assert.ok(card !== undefined, `no root message has a button "${label}"`);
      assert.equal((await click(PEOPLE.ben.id, card.ts, fitting(card.ts)?.actionId ?? "")).status, 200);
      await seconds(0);
    },
    async stop() {
      for (const mac of macs) mac.dispose();
      await world.stop();
    },
  };
}
