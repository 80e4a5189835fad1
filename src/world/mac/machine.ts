import { createHash } from "node:crypto";
import type { SudoFiles } from "../../agent/core/baseline.ts";
import { adminEntries, type AdminEntry, isSamePerson, type Person } from "../../agent/core/membership.ts";
import { LOG_WINDOW_BYTES } from "../../agent/core/log-position.ts";
import type { SudoReading } from "../../agent/core/observed.ts";
import type { CommandResult, KeyStore, Machine, RecordFile } from "../../agent/ports.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { type Disk, DROP_IN, DROP_IN_TEXT, SUDO_LOG, SUDOERS } from "./disk.ts";
import { runIru } from "./iru-agent.ts";
import type { ProcessGate } from "./process-gate.ts";
import { type MacState, OK } from "./state.ts";

const ASK_MAX_MS = 10 * MINUTE_MS;
const BEFORE_BYTES = 4 * 1024;
const AGENT_SHA256 = createHash("sha256").update("hallpass agent").digest("hex");

/** The agent's ports on the simulated Mac, for one process of the agent. */
export interface MachinePorts {
  readonly machine: Machine;
  readonly recordFile: RecordFile;
  readonly keyStore: KeyStore;
  readonly fetch: typeof globalThis.fetch;
}

/** Makes the ports; everything goes through the process's gate. */
export function createMachinePorts(mac: MacState, gate: ProcessGate): MachinePorts {
  const { power, network } = mac;
  const machine: Machine = {
    now: () => power.now(),
    sleep: (ms, signal) => gate.pass(() => power.sleepAwake(ms, signal)),
    onChange: (listener) => watch(mac, gate, listener),
    ...reader(mac, gate),
    ...hands(mac, gate),
    ...speech(mac, gate),
  };
  return {
    machine,
    recordFile: {
      read: () =>
        gate.pass(() => {
          if (mac.faults.recordUnreadable) throw new Error("Too many open files");
          return mac.record;
        }),
      write: (text) =>
        gate.pass(() => {
          if (mac.faults.recordUnwritable) throw new Error("No space left on device");
          mac.record = text;
        }),
    },
    keyStore: {
      read: () =>
        gate.pass(() => {
          if (mac.faults.keychainUnreadable) throw new Error("User interaction is not allowed.");
          return mac.keys;
        }),
      write: (keys) =>
        gate.pass(() => {
          if (mac.faults.keychainUnwritable) throw new Error("User interaction is not allowed.");
          mac.keys = keys;
        }),
      enrollmentToken: () => gate.pass(() => mac.enrollmentToken),
    },
    fetch: (input, init) => gate.pass(() => network.fetch(input, init)),
  };
}

/** WatchPaths on the admin group's file and on the managed preferences of SAP Privileges, and wakes. */
function watch(mac: MacState, gate: ProcessGate, listener: () => void): () => void {
  const heard = () => {
    if (gate.isAlive()) listener();
  };
  const watched = [
    mac.directory.onChange,
    mac.privileges.onChange,
    mac.power.onChange,
    mac.disk.onSudoChange,
  ];
  const stops = watched.map((onChange) => onChange(heard));
  return () => {
    for (const stop of stops) stop();
  };
}

function reader(mac: MacState, gate: ProcessGate) {
  const { directory, disk, processes, privileges } = mac;
  let lastSudo:
    | { readonly offset: number; readonly changes: number; readonly reading: SudoReading }
    | undefined;
  return {
    facts: () =>
      gate.pass(() => ({
        serial: mac.serial,
        hostname: mac.hostname,
        agentSha256: AGENT_SHA256,
        utcOffsetMinutes: mac.utcOffsetMinutes,
      })),
    readConsole: () =>
      gate.pass(() => {
        const { atConsole, sessions } = mac.console;
        return { sessions: [...sessions], ...(atConsole === undefined ? {} : { atConsole }) };
      }),
    readAdmins: () =>
      gate.pass(() => {
        if (mac.faults.directoryUnreadable) throw new Error("eServerNotRunning");
        return directory.reading();
      }),
    readPrivileges: () =>
      gate.pass(() => ({ installed: privileges.isInstalled(), unlocked: privileges.profile().unlocked })),
    readSudoFiles: () =>
      gate.pass(() => {
        if (mac.faults.sudoUnreadable) throw new Error("Input/output error");
        return sudoFiles(disk);
      }),
    readSudo: (offset: number) =>
      gate.pass(() => {
        if (mac.faults.sudoUnreadable) throw new Error("Input/output error");
        // The agent reads every second, and mostly nothing has changed.
        if (lastSudo?.offset !== offset || lastSudo.changes !== disk.changes()) {
          lastSudo = { offset, changes: disk.changes(), reading: readSudo(disk, offset) };
        }
        return lastSudo.reading;
      }),
    readRootProcesses: (person: Person, sinceSeconds: number) =>
      gate.pass(() => {
        if (mac.faults.processesUnreadable) throw new Error("Resource temporarily unavailable");
        return processes
          .list()
          .filter(({ byGuid, bornSeconds }) => byGuid === person.generatedUid && bornSeconds >= sinceSeconds)
          .map(({ pid, command, started, isInstaller }) => ({ pid, command, started, isInstaller }));
      }),
    takeSnapshot: () => gate.pass(() => snapshot(mac)),
  };
}

function sudoFiles(disk: Disk): SudoFiles {
  const { [DROP_IN]: _ours, ...files } = disk.hashes(SUDOERS);
  return files;
}

function readSudo(disk: Disk, offset: number): SudoReading {
  const text = disk.read(SUDO_LOG);
  const inode = disk.inode(SUDO_LOG);
  const dropIn = disk.read(DROP_IN);
  return {
    dropIn: dropIn === undefined ? "absent" : dropIn === DROP_IN_TEXT ? "ours" : "changed",
    files: sudoFiles(disk),
    ...(text === undefined || inode === undefined
      ? {}
      : {
          log: {
            inode,
            size: text.length,
            before: text.slice(Math.max(0, offset - BEFORE_BYTES), offset),
            text: text.slice(offset, offset + LOG_WINDOW_BYTES),
          },
        }),
  };
}

const AREAS: readonly (readonly [string, string])[] = [
  [SUDOERS, "sudoers"],
  ["/private/etc/pam.d/", "pam.d"],
  ["/Library/LaunchDaemons/", "LaunchDaemons"],
  ["/Library/LaunchAgents/", "LaunchAgents"],
  ["/Library/PrivilegedHelperTools/", "helper tools"],
  ["/private/etc/hosts", "hosts"],
  ["/private/etc/resolver/", "resolver"],
  ["/Library/Security/Trust Settings/", "trust settings"],
  ["/private/var/at/", "cron"],
];

/** Accounts and admin paths by value, files by hash; our own drop-in is left out. */
function snapshot({ directory, disk }: MacState): Record<string, string> {
  const items: Record<string, string> = {};
  const reading = directory.reading();
  for (const account of reading.accounts) {
    const { username, uid, generatedUid, primaryGroupId } = account;
    items[`account: ${username}`] = `${uid} ${generatedUid} ${primaryGroupId}`;
  }
  for (const entry of adminEntries(reading)) items[`administrator: ${entry}`] = "yes";
  for (const [prefix, area] of AREAS) {
    for (const [path, hash] of Object.entries(disk.hashes(prefix))) {
      if (path !== DROP_IN) items[`${area}: ${path}`] = hash;
    }
  }
  return items;
}

function hands(mac: MacState, gate: ProcessGate) {
  const { directory, disk, processes, privileges, faults } = mac;
  const done = (work: () => CommandResult) =>
    gate.pass(() => {
      const result = work();
      mac.changed();
      return result;
    });
  const quietly = (work: () => void) =>
    done(() => {
      work();
      return OK;
    });
  return {
    addAdmin: (person: Person) =>
      done(() => {
        const account = directory.findByGuid(person.generatedUid);
        if (account === undefined || !isSamePerson(directory.reading(), person)) {
          return { code: 200, text: "Record was not found." };
        }
        if (!faults.additionFails) directory.addAdmin(account.username);
        return OK;
      }),
    removeEntry: (entry: AdminEntry) =>
      quietly(() => (faults.removalFails ? undefined : directory.setEntry(entry, false))),
    restoreEntry: (entry: AdminEntry) => quietly(() => directory.setEntry(entry, true)),
    runPrivileges: (act: "add" | "remove", person: Person) =>
      done(() =>
        mac.console.sessions.includes(person.uid)
          ? privileges.cli(act, person.uid)
          : { code: 2, text: `Failed to change privileges for user ${person.username}` },
      ),
    writeDropIn: () =>
      done(() => {
        if (faults.dropInFails) return { code: 1, text: "visudo: syntax error" };
        disk.write(DROP_IN, DROP_IN_TEXT);
        return OK;
      }),
    removeDropIn: () => quietly(() => disk.remove(DROP_IN)),
    runCanary: (command: string) => gate.pass(() => runCanary(mac, command)),
    removeSudoersFile: (path: string) => quietly(() => disk.remove(path)),
    signal: (signal: "HUP" | "KILL", pids: readonly number[]) =>
      quietly(() => processes.signal(signal, pids)),
    runIru: () => gate.pass(() => runIru(mac)),
  };
}

function runCanary({ directory, disk, sudo }: MacState, command: string) {
  const root = directory.find("root");
  if (root !== undefined) sudo.run(root, command);
  const text = disk.read(SUDO_LOG);
  const inode = disk.inode(SUDO_LOG);
  const found = text?.trimEnd().endsWith(`COMMAND=${command}`) === true;
  return {
    found,
    ...(text === undefined || inode === undefined ? {} : { log: { inode, size: text.length } }),
  };
}

function speech(mac: MacState, gate: ProcessGate) {
  return {
    alert: (uid: number, title: string, text: string) =>
      gate.pass(() => {
        if (!mac.console.sessions.includes(uid)) return;
        mac.alerts.push({ at: mac.clock.now(), uid, title, text });
        mac.changed();
      }),
    askStart: (uid: number, minutes: number) =>
      gate.pass(async (): Promise<"start" | "later"> => {
        const { promise, resolve } = Promise.withResolvers<"start" | "later">();
        const stop = mac.clock.at(mac.clock.now() + ASK_MAX_MS, () => resolve("later"));
        mac.question = { uid, minutes, answer: resolve };
        mac.changed();
        const chosen = await promise;
        stop();
        mac.question = undefined;
        mac.changed();
        return chosen;
      }),
  };
}
