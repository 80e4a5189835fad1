import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lifecycleDocument } from "./docs/lifecycle-document.ts";

/** `npm run docs`: writes the documents that are generated from the code. */
const path = join(dirname(import.meta.dirname), "docs", "lifecycle.md");
writeFileSync(path, lifecycleDocument());
console.log(`wrote ${path}`);
