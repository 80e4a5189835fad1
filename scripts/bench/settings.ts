import type { OneMachineSettings } from "../../src/composition/one-machine.ts";
import { DEFAULT_POLICY } from "../../src/core/policy-config.ts";
import { DEFAULT_TAG_NAMES } from "../../src/core/tags.ts";
import { DAY_MS } from "../../src/core/time.ts";
import { APPROVER, SIGNING_SECRET } from "./cast.ts";

/** The settings of a benched installation: the defaults, and sessions that may be silent while a bench runs. */
export function settingsOf(dataFile: string): OneMachineSettings {
  return {
    host: "127.0.0.1",
    port: 0,
    dataFile,
    slack: { botToken: "xoxb-bench", signingSecrets: [SIGNING_SECRET], channelId: "C0BENCH" },
    iru: { baseUrl: "http://127.0.0.1:9/", token: "bench" },
    enrollmentTokens: [],
    policy: {
      ...DEFAULT_POLICY,
      approverIds: [APPROVER],
      adminStatusIds: [APPROVER],
      heartbeatSilentAfterMs: DAY_MS,
    },
    tagNames: DEFAULT_TAG_NAMES,
    macConfig: {
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      longPoll: true,
      probeUrl: "http://captive.apple.com/",
    },
  };
}
