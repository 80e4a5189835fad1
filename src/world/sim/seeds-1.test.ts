import { test } from "node:test";
import { assertLawful } from "./testing/seeds.ts";

test("seeds 1 to 100 keep every law", () => assertLawful(1, 100, "short"));
