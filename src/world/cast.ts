import { DEFAULT_POLICY, type Policy } from "../core/policy-config.ts";
import { DEFAULT_TAG_NAMES } from "../core/tags.ts";
import type { InstallationSettings } from "../composition/assemble.ts";
import type { MacConfig } from "../app/service.ts";
import type { SlackPerson } from "./slack/state.ts";

/** Who lives in the world. Anna and Paul share a Mac; Ben and Carla approve; Dan only reads along. */
export const PEOPLE = {
  anna: { id: "U0ANNA", name: "anna", realName: "Anna Sommer", email: "anna@example.com" },
  ben: { id: "U0BEN", name: "ben", realName: "Ben Okafor", email: "ben@example.com" },
  carla: { id: "U0CARLA", name: "carla", realName: "Carla Rossi", email: "carla@example.com" },
  dan: { id: "U0DAN", name: "dan", realName: "Dan Miller", email: "dan@example.com" },
  paul: { id: "U0PAUL", name: "paul", realName: "Paul Weber", email: "paul@example.com" },
} as const satisfies Record<string, SlackPerson>;

export type PersonName = keyof typeof PEOPLE;

export const CHANNEL = { id: "C0ITACCESS", name: "it-access" } as const;

/** The accounts of a Mac. GeneratedUIDs outlive a rename, so they are what the service goes by. */
export const ANNAS_MAC = {
  serial: "C02XK1ABJG5H",
  hostname: "Anna’s MacBook Pro",
  owner: PEOPLE.anna,
  users: [
    {
      username: "anna",
      uid: 501,
      generatedUid: "6F1C0B52-1D3A-4E6B-9C0D-0A1B2C3D4E01",
      email: PEOPLE.anna.email,
    },
    {
      username: "paul",
      uid: 502,
      generatedUid: "6F1C0B52-1D3A-4E6B-9C0D-0A1B2C3D4E02",
      email: PEOPLE.paul.email,
    },
  ],
} as const;

/** The world's secrets: long enough to pass every check, worth nothing. */
export const WORLD_SECRETS = {
  botToken: "xoxb-world-0000000000",
  signingSecret: "world-signing-secret-0000000000",
  iruToken: "world-iru-token-0000000000",
  enrollmentToken: "world-enrollment-token-0000000000",
} as const;

/** What a world may change about the installation. */
export interface InstallationChange {
  readonly policy?: Partial<Policy>;
  readonly macConfig?: Partial<MacConfig>;
}

/** The installation of the world, with Slack and Iru at the given addresses. */
export function worldInstallation(
  at: { readonly slackUrl: string; readonly iruUrl: string },
  change: InstallationChange = {},
): InstallationSettings {
  return {
    slack: {
      botToken: WORLD_SECRETS.botToken,
      signingSecrets: [WORLD_SECRETS.signingSecret],
      apiUrl: `${at.slackUrl}/api/`,
      channelId: CHANNEL.id,
    },
    iru: { baseUrl: at.iruUrl, token: WORLD_SECRETS.iruToken },
    enrollmentTokens: [WORLD_SECRETS.enrollmentToken],
    policy: {
      ...DEFAULT_POLICY,
      approverIds: [PEOPLE.ben.id, PEOPLE.carla.id],
      adminStatusIds: [PEOPLE.ben.id, PEOPLE.carla.id],
      ...change.policy,
    },
    tagNames: DEFAULT_TAG_NAMES,
    macConfig: {
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      longPoll: true,
      probeUrl: "http://captive.apple.com/hotspot-detect.html",
      ...change.macConfig,
    },
  };
}
