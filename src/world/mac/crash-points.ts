import type { MachinePorts } from "./machine.ts";

/** Asked before and after each port call, with a name such as `before machine.addAdmin`; true when the process dies. */
export type Dies = (point: string) => boolean;

type Method = (...args: readonly unknown[]) => unknown;

/** Answers at once and cannot be interrupted. */
const AT_ONCE: ReadonlySet<string> = new Set(["now", "onChange"]);

/** The same ports; the process may die at each call: before it, with nothing done, or after it, with nobody told. */
export function withCrashPoints(ports: MachinePorts, dies: Dies): MachinePorts {
  return {
    machine: wrapAll("machine", ports.machine, dies),
    recordFile: wrapAll("record", ports.recordFile, dies),
    keyStore: wrapAll("keys", ports.keyStore, dies),
    fetch: wrap("fetch", ports.fetch as Method, dies) as MachinePorts["fetch"],
  };
}

function wrapAll<T extends object>(port: string, methods: T, dies: Dies): T {
  const wrapped = Object.entries(methods).map(([name, method]) => [
    name,
    AT_ONCE.has(name) ? method : wrap(`${port}.${name}`, method as Method, dies),
  ]);
  return Object.fromEntries(wrapped) as T;
}

function wrap(name: string, method: Method, dies: Dies): Method {
  return async (...args) => {
    if (dies(`before ${name}`)) return never();
    const result = await method(...args);
    return dies(`after ${name}`) ? never() : result;
  };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
