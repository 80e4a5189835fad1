import { startChild } from "./child.ts";
import type { CallKind, Measured } from "./load-process.ts";
import { KINDS, loadOf, type Size, warmUpOf } from "./size.ts";
import { startSubject } from "./subjects.ts";

const CLICKING_CONNECTIONS = 8;

/**
 * How soon Hallpass acknowledges a click while as many connections as ever send new requests and polls without a
 * pause. The clicks come from a process that does nothing else: one that also makes the other calls sends late, and
 * reads the answer late. Throws when the other calls ended before the clicks.
 */
export async function clicksUnderLoad(template: string, folder: string, size: Size): Promise<Measured> {
  const { child, port } = await startSubject("hallpass", template, folder);
  const [generator, clicker] = [startChild("load-process.ts", []), startChild("load-process.ts", [])];
  for (const kind of KINDS) await generator.ask("run", warmUpOf(kind, port, size));
  // Else the cards of the warm-up's clicks, which are redrawn two seconds later, fall into the measured time.
  await child.ask("quiet");
  const { seconds, everyMs } = size.clicks;
  const other = (kind: CallKind) => {
    const load = loadOf(kind, port, size);
    return {
      ...load,
      connections: size.connections / 2,
      maxSeconds: seconds,
      againAndAgain: kind === "status",
    };
  };
  await generator.ask("prepare", [other("status"), other("request")]);
  const clicks = loadOf("slack", port, size);
  const count = Math.floor((seconds * 1000) / everyMs);
  await clicker.ask("prepare", [{ ...clicks, connections: CLICKING_CONNECTIONS, count, everyMs }]);
  const [[measured], others] = await Promise.all([
    clicker.ask<readonly Measured[]>("go"),
    generator.ask<readonly Measured[]>("go"),
  ]);
  await Promise.all([child.end(), generator.end(), clicker.end()]);
  if (others.some((load) => load.seconds < seconds)) {
    throw new Error("the clicks went on when there was no other load any more: give --asks a larger number");
  }
  return measured as Measured;
}
