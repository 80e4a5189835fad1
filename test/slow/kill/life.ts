import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Instant } from "../../../src/core/time.ts";
import type { ChildSettings, DeathNote, FromChild, ToChild } from "./protocol.ts";

const SOURCE = fileURLToPath(new URL("../kill-child.ts", import.meta.url));
const WORKER = fileURLToPath(new URL("../../../src/adapters/sqlite/checkpoint-worker.ts", import.meta.url));
/** What a bundled package of the old kind still asks for. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
/** A child that says nothing for so long, in real time, hangs. */
const PATIENCE_MS = 30_000;

/** A child died by its own hand, as ordered. */
export class Killed extends Error {
  override readonly name = "Killed";
  readonly note: DeathNote;
  constructor(note: DeathNote) {
    super(`killed at "${note.point}"`);
    this.note = note;
  }
}

/** One process of the service, from its start to its end. Every call throws `Killed` when it dies meanwhile. */
export interface Life {
  readonly url: string;
  /** Moves the child's clock and resolves when the child is quiet. */
  advanceTo(at: Instant): Promise<void>;
  points(): Promise<readonly string[]>;
  /** Resolves with why it died once it is dead; throws when it is alive and well. */
  whyDead(): Promise<Killed>;
  /** What it has logged. */
  log(): string;
  /** Ends it in good order. */
  stop(): Promise<void>;
  /** Ends it at once, if it still lives. */
  destroy(): void;
}

/** The child as one file, and where node may keep what it has compiled: hundreds of starts pay for it. */
export interface ChildProgram {
  readonly file: string;
  readonly cacheFolder: string;
}

/** Bundles the child once before the tests of the file that calls this, and clears it away after them. */
export function useChildProgram(): () => ChildProgram {
  let folder = "";
  let program: ChildProgram | undefined;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "hallpass-kill-program-"));
    program = await bundleChild(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return () => {
    if (program === undefined) throw new Error("the child is bundled when the tests begin");
    return program;
  };
}

async function bundleChild(folder: string): Promise<ChildProgram> {
  const file = join(folder, "kill-child.mjs");
  await bundle(SOURCE, file);
  // The store starts it by this name, beside the file that it is in itself.
  await bundle(WORKER, join(folder, basename(WORKER)));
  return { file, cacheFolder: join(folder, "compiled") };
}

async function bundle(source: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
}

/** Starts a child and resolves when it serves. Throws `Killed` when it was ordered to die before. */
export async function startLife(program: ChildProgram, settings: ChildSettings): Promise<Life> {
  const child = fork(program.file, [JSON.stringify(settings)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { NODE_COMPILE_CACHE: program.cacheFolder },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  const output = { note: "", errors: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.note += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.errors += text));
  // "close" comes after the last byte of both streams.
  const closed = once(child, "close").then(() => {
    process.removeListener("exit", killWithUs);
    return readNote(child, output);
  });
  closed.catch(() => undefined);
  const next = () => nextMessage(child, closed, () => output.errors);

  async function ask<T extends FromChild["tell"]>(message: ToChild, expected: T) {
    const reply = next();
    if (child.connected) child.send(message, () => undefined);
    return expect(await reply, expected);
  }

  const { url } = expect(await next(), "ready");
  return {
    url,
    advanceTo: async (to) => void (await ask({ ask: "advance", to }, "quiet")),
    points: async () => (await ask({ ask: "points" }, "points")).points,
    whyDead: () => withPatience(closed, () => `the child lives on:\n${output.errors}`),
    log: () => output.errors,
    async stop() {
      await ask({ ask: "stop" }, "stopped");
      await closed.catch(() => undefined);
    },
    destroy: killWithUs,
  };
}

function expect<T extends FromChild["tell"]>(message: FromChild, tell: T): Extract<FromChild, { tell: T }> {
  if (message.tell !== tell) throw new Error(`the child says ${message.tell} and not ${tell}`);
  return message as Extract<FromChild, { tell: T }>;
}

function readNote(child: ChildProcess, output: { readonly note: string; readonly errors: string }): Killed {
  if (child.signalCode !== "SIGKILL" || output.note === "") {
    const how = child.signalCode ?? `code ${child.exitCode}`;
    throw new Error(`the child ended by itself with ${how}:\n${output.errors}`);
  }
  return new Killed(JSON.parse(output.note) as DeathNote);
}

async function nextMessage(
  child: ChildProcess,
  closed: Promise<Killed>,
  errors: () => string,
): Promise<FromChild> {
  const stopListening = new AbortController();
  const message = once(child, "message", stopListening).then(([first]) => first as FromChild);
  message.catch(() => undefined);
  try {
    const end = closed.then((killed) => {
      throw killed;
    });
    return await withPatience(Promise.race([message, end]), () => `the child is silent:\n${errors()}`);
  } finally {
    stopListening.abort();
  }
}

async function withPatience<T>(wait: Promise<T>, problem: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem())), PATIENCE_MS);
  });
  try {
    return await Promise.race([wait, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
