import { type Child, startChild } from "./child.ts";
import type { CallKind, Measured } from "./load-process.ts";
import type { Costs } from "./profile.ts";
import { KINDS, loadOf, makeTemplate, type Size, warmUpOf } from "./size.ts";
import { startSubject } from "./subjects.ts";

/** Where the time of so many calls went. */
export interface Profile extends Costs {
  readonly calls: number;
}

/** Where Hallpass's time goes in each kind of call, its effects included: a fresh process for each, warmed up first. */
export async function takeProfiles(folder: string, size: Size): Promise<Readonly<Record<CallKind, Profile>>> {
  const template = await makeTemplate(folder, size);
  const generator = startChild("load-process.ts", []);
  const costs: Partial<Record<CallKind, Profile>> = {};
  for (const kind of KINDS) costs[kind] = await profileOne(generator, kind, template, folder, size);
  await generator.end();
  return costs as Record<CallKind, Profile>;
}

async function profileOne(
  generator: Child,
  kind: CallKind,
  template: string,
  folder: string,
  size: Size,
): Promise<Profile> {
  const { child, port } = await startSubject("hallpass", template, folder);
  await generator.ask<Measured>("run", warmUpOf(kind, port, size));
  await child.ask("quiet");
  await child.ask("startProfile");
  const load = { ...loadOf(kind, port, size), count: size.calls[kind] };
  const { count: calls } = await generator.ask<Measured>("run", load);
  await child.ask("quiet");
  const costs = await child.ask<Costs>("stopProfile");
  await child.end();
  return { ...costs, calls };
}
