import { test } from "node:test";
import { assertLawful } from "./testing/seeds.ts";

test("seeds 101 to 200 keep every law", () => assertLawful(101, 100, "short"));
