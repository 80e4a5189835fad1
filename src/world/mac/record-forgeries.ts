import { createHash } from "node:crypto";
import type { AgentRecord, Session } from "../../agent/core/record.ts";

/** What root can make of the agent's record while no agent runs: each takes its text and gives the forged one. */
export type Forgery = (text: string) => string;

function forged(text: string, forge: (record: AgentRecord, session: Session) => void): string {
  const record = JSON.parse(text) as AgentRecord;
  if (record.session !== undefined) forge(record, record.session);
  return JSON.stringify(record);
}

const id = (last: number) => `dddddddd-0000-4000-8000-00000000000${last}`;

/** The session is over and proven, its person was an administrator all along, and the service is owed the proof. */
export const endForged: Forgery = (text) =>
  forged(text, (record, session) => {
    const { requestId, armId, person, log, baseline } = session;
    const { nextSeq: seq, previousHash } = log;
    const at = new Date(session.sinceWall).toISOString();
    record.known = [...baseline.admins, `name:${person.username}`, `guid:${person.generatedUid}`];
    delete record.session;
    record.outbox.push(
      { id: id(1), call: { name: "log", requestId, seq, previousHash, lines: [], final: true } },
      { id: id(2), call: { name: "report", reportId: id(3), kind: "exit", at, items: [], requestId } },
      {
        id: id(4),
        call: {
          name: "removed",
          requestId,
          armId,
          granted: true,
          verified: true,
          reason: "ended_by_user",
          removedAt: at,
        },
      },
    );
  });

/** Everything that is done at the end was done, and nobody had rights. */
export const stagesForged: Forgery = (text) =>
  forged(text, (_record, session) => {
    const { sinceWall, sinceSeconds } = session;
    session.phase = "ending";
    session.granted = false;
    session.ending = { reason: "ended_by_user", stage: "close", sinceWall, sinceSeconds, findings: [] };
  });

/** A session that ends without an end, so that no deadline counts. */
export const endlessForged: Forgery = (text) =>
  forged(text, (_record, session) => {
    session.phase = "ending";
    delete session.ending;
  });

/** Root processes count from a time that never comes, are only named, and all that is told was told already. */
export const silenceForged: Forgery = (text) =>
  forged(text, (_record, session) => {
    session.sinceSeconds = 1e9;
    const reported = Array.from({ length: 2_000 }, (_, at) => [`restart:${at}`, `still_admin:${at}`]).flat();
    Object.assign(session, { endProcesses: "report", reported });
  });

/** A file was there before the session, as `area: path` with this text. */
export const fileForged =
  (item: string, contents: string): Forgery =>
  (text) =>
    forged(text, (_record, session) => {
      const hash = createHash("sha256").update(contents).digest("hex");
      session.baseline.items = { ...session.baseline.items, [item]: hash };
    });

/** All of this log was read and shipped. */
export const logForged =
  (log: string): Forgery =>
  (text) =>
    forged(text, (_record, session) => {
      session.log.offset = log.length;
      session.log.tailHash = createHash("sha256").update(log.slice(-4096)).digest("hex");
    });
