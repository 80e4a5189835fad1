import type { Profiler } from "node:inspector";

/** Where time went, as parts of the time in which the process did anything. */
export interface Costs {
  readonly busyMs: number;
  /** By kind of work, largest first. */
  readonly kinds: readonly { readonly name: string; readonly share: number }[];
  /** By function, own time only, largest first. */
  readonly functions: readonly { readonly name: string; readonly share: number }[];
}

/** The first pattern that the place of a function matches says what kind of work it is. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/deps\/undici/, "web Request, Response and Headers (undici)"],
  [/webstreams|abort_controller|event_target/, "web streams, AbortController and events"],
  [
    /node:(_http|internal\/http|net|internal\/(net|stream_base|streams|js_stream))|node:(_)?stream|node:events/,
    "node:http, sockets and streams",
  ],
  [/@hono\/node-server/, "@hono/node-server"],
  [/node_modules\/hono/, "Hono"],
  [/node_modules\/zod|src\/wire/, "zod"],
  [/src\/adapters\/sqlite\/transactions/, "transactions: COMMIT and the disk"],
  [/src\/adapters\/sqlite/, "SQL statements and rows"],
  [/src\/adapters\/system\/(log|redact)/, "logging"],
  [/src\/ports\/(audit-chain|canonical-json)/, "hash chain of the audit trail"],
  [/src\/core/, "core: decide and evolve"],
  [/src\/adapters\/slack/, "Slack: signature and form"],
  [/src\/app\/(drain|perform|render|resolve|sync)/, "effects: drainer"],
  [/src\/app/, "use cases"],
  [/src\/http/, "our HTTP side"],
  [/node:internal\/(timers|process)|node:timers/, "timers and ticks"],
  [/node:(internal\/)?crypto/, "node:crypto"],
  [/node:(internal\/)?(buffer|url|encoding|querystring)/, "buffers, texts and URLs"],
];

/** Adds up the samples of one profile. Native functions count for the JavaScript that called them. */
export function costsOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Costs {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map<number, Profiler.ProfileNode>();
  for (const node of nodes) for (const child of node.children ?? []) parents.set(child, node);
  const kinds = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const node = byId.get(id);
    const micros = timeDeltas[index] ?? 0;
    if (node === undefined || ["(idle)", "(root)", "post"].includes(node.callFrame.functionName)) continue;
    busy += micros;
    const kind = kindOf(node, parents);
    kinds.set(kind, (kinds.get(kind) ?? 0) + micros);
    const { functionName, url, lineNumber } = node.callFrame;
    const name = `${functionName || "(anonymous)"} ${url.replace(/^.*\/(node_modules|src|scripts)\//, "$1/")}:${lineNumber + 1}`;
    functions.set(name, (functions.get(name) ?? 0) + micros);
  }
  return { busyMs: busy / 1000, kinds: sharesOf(kinds, busy), functions: sharesOf(functions, busy) };
}

function kindOf(node: Profiler.ProfileNode, parents: ReadonlyMap<number, Profiler.ProfileNode>): string {
  const { functionName } = node.callFrame;
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "the engine and the kernel";
  let place: Profiler.ProfileNode | undefined = node;
  while (place !== undefined && place.callFrame.url === "") place = parents.get(place.id);
  const url = place?.callFrame.url ?? "";
  return KINDS.find(([pattern]) => pattern.test(url))?.[1] ?? `other (${url.split("/").at(-1) || "native"})`;
}

function sharesOf(parts: ReadonlyMap<string, number>, whole: number) {
  return [...parts]
    .toSorted(([, left], [, right]) => right - left)
    .map(([name, micros]) => ({ name, share: micros / whole }));
}
