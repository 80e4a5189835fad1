import type { KeyStore, Machine, RecordFile } from "../../agent/ports.ts";
import type { Store } from "../../ports/store.ts";

type Names<T> = Readonly<Record<T & string, true>>;

/** Every call of the store; the compiler knows when one is missing. */
const STORE: Names<Exclude<keyof Store, "close">> = {
  commit: true,
  loadRequest: true,
  guardOwner: true,
  loadMac: true,
  findMacByKeyHash: true,
  listByStatus: true,
  listOpenBySerial: true,
  listLogOwedBySerial: true,
  listDue: true,
  listAlarms: true,
  readAudit: true,
  readLogHead: true,
  readLogChunk: true,
  readLogChunks: true,
  putBeat: true,
  readBeat: true,
  readOutbox: true,
  updateOutbox: true,
  listStreamsWithWork: true,
  readCard: true,
  writeCard: true,
  acquireLease: true,
  releaseLease: true,
};

/** Every call of the Mac by its agent that takes time. */
const MACHINE: Names<Exclude<keyof Machine, "now" | "onChange">> = {
  sleep: true,
  facts: true,
  readConsole: true,
  readAdmins: true,
  readPrivileges: true,
  readSudoFiles: true,
  readSudo: true,
  readRootProcesses: true,
  takeSnapshot: true,
  addAdmin: true,
  removeEntry: true,
  restoreEntry: true,
  runPrivileges: true,
  writeDropIn: true,
  removeDropIn: true,
  runCanary: true,
  removeSudoersFile: true,
  signal: true,
  runIru: true,
  alert: true,
  askStart: true,
};
const RECORD: Names<keyof RecordFile> = { read: true, write: true };
const KEYS: Names<keyof KeyStore> = { read: true, write: true, enrollmentToken: true };

const named = (port: string, names: object) => Object.keys(names).map((name) => `${port}.${name}`);
const around = (calls: readonly string[]) => calls.flatMap((call) => [`before ${call}`, `after ${call}`]);

/** Every point at which the service's process can die by itself: before and after each call that leaves it. */
export const SERVICE_POINTS: readonly string[] = around([...named("store", STORE), "call.slack", "call.iru"]);

/** Every point at which an agent's process can die by itself. */
export const AGENT_POINTS: readonly string[] = around([
  ...named("machine", MACHINE),
  ...named("record", RECORD),
  ...named("keys", KEYS),
  "fetch",
]);
