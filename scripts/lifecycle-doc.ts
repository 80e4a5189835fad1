import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lifecycleDocument } from "./docs/lifecycle-document.ts";
import { withLists } from "./docs/simulation-lists.ts";

/** `npm run docs`: writes the documents that are generated from the code. */
const path = join(dirname(import.meta.dirname), "docs", "lifecycle.md");
writeFileSync(path, lifecycleDocument());
console.log(`wrote ${path}`);

const simulation = join(dirname(import.meta.dirname), "docs", "simulation.md");
writeFileSync(simulation, withLists(readFileSync(simulation, "utf8")));
console.log(`wrote the lists of ${simulation}`);
