import type { Ids } from "../../../ports/ids.ts";
import type { MacAnswer } from "../../../wire/device.ts";
import { createVirtualClock } from "../../clock.ts";
import { createSimulatedMac, type SimulatedMacOptions } from "../mac.ts";
import { createScriptedService } from "./scripted-service.ts";

export const START = 1_795_340_000_000;
export const ALICE = {
  username: "alice",
  uid: 501,
  generatedUid: "11111111-1111-4111-8111-111111111111",
  email: "alice@example.com",
};
export const BOB = { username: "bob", uid: 502, generatedUid: "22222222-2222-4222-8222-222222222222" };
export const ITADMIN = {
  username: "itadmin",
  uid: 503,
  generatedUid: "33333333-3333-4333-8333-333333333333",
  admin: true,
};

/** Ids that count up, so that two runs are alike. */
export function countingIds(): Ids {
  let last = 0;
  const hex = (length: number) => (last += 1).toString(16).padStart(length, "0");
  return {
    uuid: () => `00000000-0000-4000-8000-${hex(12)}`,
    secret: () => `secret-${hex(8)}`,
    fraction: () => 0.5,
  };
}

/** A Mac with alice at it, bob beside her and an administrator of IT, before a service that does as it is told. */
export function createDesk(
  options: {
    readonly config?: Partial<MacAnswer["config"]>;
    readonly users?: SimulatedMacOptions["users"];
    /** How long a run of the Iru agent takes. */
    readonly iruRunMs?: number;
    /** SAP's own expiry timer runs; by default it is frozen, so that what ends a session is the agent. */
    readonly sapTimer?: boolean;
  } = {},
) {
  const clock = createVirtualClock(START);
  const ids = countingIds();
  const service = createScriptedService(clock, ids, options.config);
  const fetch = clock.activity.fetch(async (input, init) => service.handle(new Request(input, init)));
  const delivery = {
    delivers: true,
    runs: 0,
    /** A tag of this length that stands although nothing wants it. */
    leftOn: undefined as 5 | 10 | 15 | 30 | undefined,
  };
  const mac = createSimulatedMac({
    serial: "C02ABCDEFG",
    hostname: "Alice’s MacBook Pro",
    users: options.users ?? [ALICE, BOB, ITADMIN],
    clock,
    ids,
    serviceUrl: "https://hallpass.example",
    fetch,
    enrollmentToken: "enroll-me",
    iru: {
      async runOn() {
        delivery.runs += 1;
        await clock.sleep(options.iruRunMs ?? 8_000);
        const elevated = delivery.delivers ? service.elevated() : undefined;
        const { minutes = delivery.leftOn } = elevated ?? {};
        return {
          tags: [],
          collectLog: false,
          privilegesUnlocked: minutes !== undefined,
          ...(minutes === undefined ? {} : { expirationIntervalMinutes: minutes }),
        };
      },
    },
  });
  if (options.sapTimer !== true) mac.attack.freezePrivilegesTimer();
  const seconds = (count: number) => clock.advance(count * 1000);
  return {
    clock,
    service,
    mac,
    delivery,
    seconds,
    minutes: (count: number) => clock.advance(count * 60_000),
    /** Alice asks, IT approves, and the Mac takes it up. */
    async elevate(minutes: 5 | 10 | 15 | 30 = 10) {
      await seconds(2);
      const answer = await mac.requestAdmin({
        user: "alice",
        reason: "install Docker",
        category: "install",
        minutes,
      });
      await seconds(5);
      const request = service.approve(minutes);
      await seconds(30);
      return { answer, request };
    },
    /** All texts of alerts to this user. */
    told: (uid: number) => mac.menuBar().alerts.flatMap((alert) => (alert.uid === uid ? [alert.text] : [])),
    reported: (kind: string) =>
      service.reports.flatMap((report) => (report.kind === kind ? report.items : [])),
  };
}
