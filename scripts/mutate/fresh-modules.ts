import { readFileSync } from "node:fs";
import { registerHooks, stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const SUBSTITUTE = "substitute:";

/** Loads files of a folder as often as wanted, each time with all modules they import from that folder anew. */
export interface FreshModules {
  /** Everything imported from now on is evaluated anew. */
  renew(): void;
  /** Imports a file, given by its absolute path. */
  load(path: string): Promise<void>;
  /** True when `path`, once loaded, imports `other`, itself or through others. Both are absolute paths. */
  imports(path: string, other: string): boolean;
}

/**
 * `folder` is an absolute path; `substitutes` gives the source of what a bare specifier means when a file of the folder
 * imports it. Packages are loaded once, as always.
 */
export function createFreshModules(folder: string, substitutes: ReadonlyMap<string, string>): FreshModules {
  const inside = pathToFileURL(join(folder, "/")).href;
  const sources = new Map<string, string>();
  const importsOf = new Map<string, Set<string>>();
  let generation = 0;

  registerHooks({
    resolve(specifier, context, next) {
      const parent = context.parentURL?.startsWith(inside) ? fileURLToPath(context.parentURL) : undefined;
      if (parent !== undefined && substitutes.has(specifier)) {
        return { url: `${SUBSTITUTE}${specifier}`, shortCircuit: true };
      }
      const resolved = next(specifier, context);
      if (!resolved.url.startsWith(inside) || resolved.url.includes("/node_modules/")) return resolved;
      const path = fileURLToPath(resolved.url);
      if (parent !== undefined) importsOf.set(parent, (importsOf.get(parent) ?? new Set()).add(path));
      return { ...resolved, url: `${pathToFileURL(path).href}?generation=${generation}` };
    },
    load(url, context, next) {
      const substitute = url.startsWith(SUBSTITUTE)
        ? substitutes.get(url.slice(SUBSTITUTE.length))
        : undefined;
      if (substitute !== undefined) return { format: "module", source: substitute, shortCircuit: true };
      if (!url.includes("?generation=")) return next(url, context);
      const path = fileURLToPath(url);
      const source = sources.get(path) ?? stripTypeScriptTypes(readFileSync(path, "utf8"));
      sources.set(path, source);
      return { format: "module", source, shortCircuit: true };
    },
  });

  return {
    renew() {
      generation += 1;
    },
    async load(path) {
      await import(pathToFileURL(path).href);
    },
    imports(path, other) {
      const seen = new Set<string>([path]);
      for (const each of seen) for (const next of importsOf.get(each) ?? []) seen.add(next);
      return seen.has(other);
    },
  };
}
