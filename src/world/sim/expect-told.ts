import type { Instant } from "../../core/time.ts";
import { REACT_MS } from "./checks-mac.ts";
import { isAble, type MacSide, type SessionOnDisk, sessionOnDisk } from "./mac-side.ts";
import { expectTold } from "./noticed.ts";
import type { SimWorld } from "./sim-world.ts";

/** How an agent begins to say that its record was edited or deleted. */
const RECORD_WAS = "the session's record was";

/** Law L5: an agent that runs notices that the record of its session was edited or deleted, and IT hears of it. */
export function expectRecordTold(
  world: SimWorld,
  side: MacSide,
  way: string,
  session: SessionOnDisk | undefined,
): void {
  const { mac } = side;
  const touchedAt = world.clock.now();
  const starts = mac.agentStarts();
  if (session?.phase !== "active" || !isAble(side)) return;
  world.clock.at(touchedAt + REACT_MS, () => {
    const isWatched = side.mac === mac && mac.agentStarts() === starts && isAble(side);
    if (!isWatched || side.ableSince > touchedAt) return;
    const now = sessionOnDisk(mac);
    if (now?.armId !== session.armId) return;
    // Another end had begun before the agent looked again: its record is written anew, and is as it was.
    const isOtherEnd = now.ending?.findings.some((finding) => finding.startsWith(RECORD_WAS)) === false;
    if (isOtherEnd) return;
    expectTold(side, `record ${session.armId}`, {
      law: "L5",
      name: "IT hears of a record that was touched",
      since: touchedAt,
      kinds: ["tampered"],
      requestId: session.requestId,
      names: RECORD_WAS,
      text: `${way} at ${touchedAt}`,
    });
  });
}

/** Law L5: of an administrator whom nobody explains IT is told the name. */
export function expectAdminTold(side: MacSide, username: string, since: Instant): void {
  expectTold(side, `administrator ${username} ${since}`, {
    law: "L5",
    name: "an administrator outside a session is told to IT",
    since,
    kinds: ["drift"],
    names: username,
    text: `${username} became an administrator at ${since}`,
  });
}
