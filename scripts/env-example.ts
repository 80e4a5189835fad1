import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderEnvExample } from "../src/adapters/environment/describe.ts";

/** Writes `.env.example` anew, after a setting has changed. */
writeFileSync(join(import.meta.dirname, "..", ".env.example"), renderEnvExample());
