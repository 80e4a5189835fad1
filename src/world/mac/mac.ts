import type { ActAnswer } from "../../agent/core/steps.ts";
import type { Account, Person } from "../../agent/core/membership.ts";
import type { RequestForm } from "../../agent/core/record.ts";
import type { AgentView } from "../../agent/core/view.ts";
import { HOUR_MS, SECOND_MS, type SessionMinutes } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Log } from "../../ports/log.ts";
import type { IruDelivery } from "../iru/delivery.ts";
import { type AgentHost, createAgentHost } from "./agent-host.ts";
import { type Attacks, createAttacks } from "./attacks.ts";
import type { Dies } from "./crash-points.ts";
import { createDirectory, type MacUser } from "./directory.ts";
import { createDisk, DROP_IN, SUDOERS_FOLDER } from "./disk.ts";
import { checkIn, checkInRegularly } from "./iru-agent.ts";
import { createNetwork, type NetworkState } from "./network.ts";
import { createPower } from "./power.ts";
import { createPrivileges } from "./privileges.ts";
import { createProcesses, type SimulatedProcess } from "./processes.ts";
import type { MacState, ShownAlert } from "./state.ts";
import { createSudo, type SudoResult } from "./sudo.ts";

export interface SimulatedMacOptions {
  /** Apple serial number. */
  readonly serial: string;
  /** The computer's name, any Unicode. */
  readonly hostname: string;
  /** The first one is logged in at the console. */
  readonly users: readonly MacUser[];
  readonly clock: Clock;
  readonly ids: Ids;
  /** Without a slash at the end. */
  readonly serviceUrl: string;
  /** Leads to the service; tracked by the world's activity where the service is real HTTP. */
  readonly fetch: typeof globalThis.fetch;
  readonly iru: IruDelivery;
  readonly log?: Log;
  /** What the MDM gave the Mac to enrol with. */
  readonly enrollmentToken?: string;
  /** Whether the agent's process dies at this port call; never if not given. */
  readonly dies?: Dies;
  /** Minutes east of UTC; 0 if not given. */
  readonly utcOffsetMinutes?: number;
}

/** One line of the terminal: a sudo command and what came of it. */
export interface TerminalEntry {
  /** Virtual time. */
  readonly at: number;
  readonly username: string;
  readonly command: string;
  readonly allowed: boolean;
  readonly output: string;
}

/** What the menu bar and the dialogs show. */
export interface MenuBar {
  readonly view: AgentView;
  /** The question whether to start now, while it is open. */
  readonly question?: { readonly username: string; readonly minutes: number };
  readonly alerts: readonly ShownAlert[];
}

/** How the Mac is, as its owner would see it. */
export interface MacCondition {
  readonly isOn: boolean;
  readonly isAsleep: boolean;
  readonly network: NetworkState;
  /** How often the network has changed: answers to what was asked before the last change never arrive. */
  readonly networkChanges: number;
  /** Short name of who is at the console. */
  readonly atConsole?: string;
  readonly isEnrolled: boolean;
  readonly isAgentRunning: boolean;
  readonly isPrivilegesUnlocked: boolean;
  /** A run of the Iru agent is under way, and no other can begin. */
  readonly isIruRunning: boolean;
  /** Short names of everybody who is an administrator by any path. */
  readonly admins: readonly string[];
}

/** A Mac with the real agent on it, and the people in front of it. */
export interface SimulatedMac {
  readonly serial: string;
  requestAdmin(ask: {
    /** Short name. */
    readonly user: string;
    readonly reason: string;
    readonly category: RequestForm["category"];
    readonly minutes: SessionMinutes;
  }): Promise<ActAnswer>;
  /** Cancels this user's open request. */
  cancel(user: string): Promise<ActAnswer>;
  /** "I'm done", by the user at the console unless another is named. */
  done(user?: string): Promise<ActAnswer>;
  /** Answers the question whether to start now; false when none is open. */
  answerStart(chosen: "start" | "later"): boolean;
  /** Starts an approved session later, from the menu bar. */
  startNow(user: string): Promise<ActAnswer>;
  /** Types `sudo command` in the user's terminal. */
  sudo(user: string, command: string): SudoResult;
  setNetwork(state: NetworkState): void;
  closeLid(): void;
  openLid(): void;
  /** Restarts the Mac; it is up after `downMs` (40 s), with `loginAs` (who was at the console) logged in. */
  reboot(options?: { readonly downMs?: number; readonly loginAs?: string | null }): void;
  logIn(user: string): void;
  logOut(user: string): void;
  /** Fast user switching: both stay logged in. */
  switchTo(user: string): void;
  menuBar(): MenuBar;
  condition(): MacCondition;
  readonly terminal: readonly TerminalEntry[];
  readonly attack: Attacks;
  /** True when this user is an administrator by any path. */
  isAdmin(user: string): boolean;
  /** The root processes that people of this Mac started and that still run. */
  rootCommands(): readonly string[];
  /** The same processes with all that is known of them. */
  rootProcesses(): readonly SimulatedProcess[];
  /** Everybody who is an administrator by any path, root included. */
  administrators(): readonly Account[];
  /** Whether our sudoers drop-in is in place. */
  isDropInThere(): boolean;
  /** The files that somebody put into sudoers.d, our own drop-in left out. */
  sudoRules(): readonly string[];
  /** The Iru agent's own check-in, which comes when it likes. */
  checkIn(): void;
  /** The agent's record as it is on disk. */
  record(): string | undefined;
  /** How many processes of the agent there have been. */
  agentStarts(): number;
  /** Calls `listener` after every change; the returned function ends that. */
  onChange(listener: () => void): () => void;
  /** Switches the Mac off for good. */
  dispose(): void;
}

const UP_FOR_MS = 3 * HOUR_MS;
const REBOOT_MS = 40 * SECOND_MS;

/** Makes a Mac that has been up for three hours; its agent starts at once. */
export function createSimulatedMac(options: SimulatedMacOptions): SimulatedMac {
  const listeners = new Set<() => void>();
  const mac = assemble(options, () => {
    for (const listener of listeners) listener();
  });
  const onError = (error: unknown) => options.log?.error("agent failed", { problem: String(error) });
  const host = createAgentHost(mac, options.ids, options.serviceUrl, onError, options.dies);
  const stopCheckIns = checkInRegularly(mac);
  const terminal: TerminalEntry[] = [];
  mac.directory.onChange(mac.changed);
  mac.power.onChange(mac.changed);
  host.load();
  return {
    serial: options.serial,
    ...requests(options, mac, host),
    ...body(mac, host, terminal),
    menuBar: () => menuBar(mac, host),
    condition: () => condition(mac, host),
    terminal,
    attack: createAttacks(mac, host, options.ids),
    isAdmin: (user) => isAdmin(mac, user),
    rootCommands: () => mac.processes.list().map(({ command }) => command),
    rootProcesses: mac.processes.list,
    administrators: () => mac.directory.accounts().filter((account) => mac.directory.isAdmin(account)),
    isDropInThere: () => mac.disk.read(DROP_IN) !== undefined,
    sudoRules: () => mac.disk.paths().filter((path) => path.startsWith(SUDOERS_FOLDER) && path !== DROP_IN),
    checkIn: () => checkIn(mac),
    record: () => mac.record,
    agentStarts: () => host.starts(),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      stopCheckIns();
      host.unload();
      mac.power.scrap();
    },
  };
}

function assemble(options: SimulatedMacOptions, changed: () => void): MacState {
  const { clock, ids, users, serial, hostname, utcOffsetMinutes = 0 } = options;
  const power = createPower(clock, ids, UP_FOR_MS);
  const directory = createDirectory(users);
  const disk = createDisk();
  const processes = createProcesses(options.clock.now);
  const first = users[0]?.uid;
  const console = { sessions: first === undefined ? [] : [first], atConsole: first };
  return {
    serial,
    hostname,
    utcOffsetMinutes,
    clock,
    power,
    directory,
    disk,
    processes,
    sudo: createSudo(power, directory, disk, processes, utcOffsetMinutes),
    privileges: createPrivileges(clock, power, directory, () => console.atConsole),
    network: createNetwork(options.serviceUrl, options.fetch),
    iru: options.iru,
    console,
    faults: {
      removalFails: false,
      additionFails: false,
      directoryUnreadable: false,
      sudoUnreadable: false,
      processesUnreadable: false,
      recordUnreadable: false,
      recordUnwritable: false,
      keychainUnreadable: false,
      keychainUnwritable: false,
      dropInFails: false,
    },
    alerts: [],
    question: undefined,
    record: undefined,
    keys: {},
    enrollmentToken: options.enrollmentToken,
    isIruRunning: false,
    delivered: undefined,
    changed,
  };
}

function isAdmin({ directory }: MacState, user: string): boolean {
  const account = directory.find(user);
  return account !== undefined && directory.isAdmin(account);
}

/** The account behind a short name. Throws RangeError for a user the Mac does not have. */
function personOf(mac: MacState, user: string): Person {
  const account = mac.directory.find(user);
  if (account === undefined) throw new RangeError(`there is no user "${user}" on ${mac.serial}`);
  return { uid: account.uid, generatedUid: account.generatedUid, username: account.username };
}

function requests(
  options: SimulatedMacOptions,
  mac: MacState,
  host: AgentHost,
): Pick<SimulatedMac, "requestAdmin" | "cancel" | "done" | "answerStart" | "startNow"> {
  const nameAtConsole = () =>
    mac.directory.accounts().find(({ uid }) => uid === mac.console.atConsole)?.username;
  return {
    requestAdmin({ user, reason, category, minutes }) {
      const email = options.users.find(({ username }) => username === user)?.email;
      const form = {
        reason,
        category,
        durationMinutes: minutes,
        ...(email === undefined ? {} : { email }),
      };
      return host.act({ act: "request", person: personOf(mac, user), form });
    },
    cancel: (user) => host.act({ act: "cancel", person: personOf(mac, user) }),
    done: (user) => host.act({ act: "done", person: personOf(mac, user ?? nameAtConsole() ?? "") }),
    startNow: (user) => host.act({ act: "start_now", person: personOf(mac, user) }),
    answerStart(chosen) {
      const { question } = mac;
      question?.answer(chosen);
      return question !== undefined;
    },
  };
}

function body(
  mac: MacState,
  host: AgentHost,
  terminal: TerminalEntry[],
): Pick<
  SimulatedMac,
  "sudo" | "setNetwork" | "closeLid" | "openLid" | "reboot" | "logIn" | "logOut" | "switchTo"
> {
  const { power, console } = mac;
  const logIn = (user: string) => {
    const { uid } = personOf(mac, user);
    if (!console.sessions.includes(uid)) console.sessions.push(uid);
    console.atConsole = uid;
    mac.changed();
  };
  return {
    sudo(user, command) {
      const account = mac.directory.find(user);
      if (account === undefined) throw new RangeError(`there is no user "${user}" on ${mac.serial}`);
      const isUsable = power.isOn() && !power.isAsleep();
      const result = isUsable
        ? mac.sudo.run(account, command)
        : { allowed: false, output: "The Mac is asleep or off." };
      const { allowed, output } = result;
      terminal.push({ at: mac.clock.now(), username: user, command, allowed, output });
      mac.changed();
      return result;
    },
    setNetwork(state) {
      mac.network.set(state);
      mac.changed();
    },
    closeLid: () => power.closeLid(),
    openLid: () => power.openLid(),
    reboot({ downMs = REBOOT_MS, loginAs } = {}) {
      const who =
        loginAs === undefined ? console.atConsole : loginAs === null ? undefined : personOf(mac, loginAs).uid;
      host.kill();
      mac.processes.clear();
      Object.assign(console, { sessions: [], atConsole: undefined });
      mac.question = undefined;
      power.shutDown();
      mac.clock.at(mac.clock.now() + downMs, () => {
        power.boot();
        if (!power.isOn()) return;
        host.load();
        const user = mac.directory.accounts().find(({ uid }) => uid === who)?.username;
        if (user !== undefined) logIn(user);
      });
    },
    logIn,
    logOut(user) {
      const { uid } = personOf(mac, user);
      console.sessions = console.sessions.filter((other) => other !== uid);
      if (console.atConsole === uid) console.atConsole = undefined;
      mac.changed();
    },
    switchTo: logIn,
  };
}

function menuBar(mac: MacState, host: AgentHost): MenuBar {
  const { question, alerts } = mac;
  const asked = mac.directory.accounts().find(({ uid }) => uid === question?.uid)?.username;
  return {
    view: host.view(),
    ...(question === undefined || asked === undefined
      ? {}
      : { question: { username: asked, minutes: question.minutes } }),
    alerts,
  };
}

function condition(mac: MacState, host: AgentHost): MacCondition {
  const { directory, power, network, keys, privileges } = mac;
  const atConsole = directory.accounts().find(({ uid }) => uid === mac.console.atConsole)?.username;
  return {
    isOn: power.isOn(),
    isAsleep: power.isAsleep(),
    network: network.state(),
    networkChanges: network.changes(),
    ...(atConsole === undefined ? {} : { atConsole }),
    isEnrolled: keys.current !== undefined,
    isAgentRunning: host.isRunning(),
    isPrivilegesUnlocked: privileges.profile().unlocked,
    isIruRunning: mac.isIruRunning,
    admins: directory
      .accounts()
      .filter((account) => directory.isAdmin(account))
      .map(({ username }) => username),
  };
}
