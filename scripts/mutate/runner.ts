import { globSync } from "node:fs";
import { join } from "node:path";
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from "@stryker-mutator/api/core";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import {
  determineHitLimitReached,
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import fc from "fast-check";
import { takeCollected, type CollectedTest } from "./collected-tests.ts";
import { createFreshModules } from "./fresh-modules.ts";
import { NOT_TRIED, TEST_PATTERNS } from "./settings.ts";

/**
 * Stryker's test runner for our tests: one warm process runs them in itself, the quickest first, and stops at the first
 * failure. Starting `node --test` for every mutant would take hours.
 */

interface LoadedTest extends CollectedTest {
  readonly id: string;
  readonly fileName: string;
}

/** Every run tries the same values; a failing one is not made smaller, since nobody reads it. */
const PROPERTIES = { seed: 20_261_123, endOnFailure: true };

/** Stands in for `node:test`, whose default export is `test`, too. */
const COLLECTED_TESTS = JSON.stringify(new URL("collected-tests.ts", import.meta.url).href);
const COLLECTING = `export * from ${COLLECTED_TESTS}; export { test as default } from ${COLLECTED_TESTS};`;

/** Where the mutated code looks which mutant is at work. */
const sharedGlobals = globalThis as { [INSTRUMENTER_CONSTANTS.NAMESPACE]?: InstrumenterContext };

class WarmRunner implements TestRunner {
  readonly #folder = process.cwd();
  readonly #modules = createFreshModules(process.cwd(), new Map([["node:test", COLLECTING]]));
  readonly #stryker: InstrumenterContext = (sharedGlobals[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {});
  readonly #durationsMs = new Map<string, number>();
  #tests: readonly LoadedTest[] = [];
  /** Nothing is loaded, or it was with a mutant at work. */
  #isTainted = true;
  /** All tests were loaded once, so that it is known what imports what. */
  #isKnown = false;

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** Loads nothing yet: a new process may get a mutant first that is at work while the modules are loaded. */
  init(): Promise<void> {
    fc.configureGlobal(PROPERTIES);
    return Promise.resolve();
  }

  async dryRun(): Promise<DryRunResult> {
    this.#deactivate();
    delete this.#stryker.mutantCoverage;
    await this.#load();
    this.#isTainted = false;
    const tests = await this.#run(this.#tests, false);
    const { mutantCoverage } = this.#stryker;
    return {
      status: DryRunStatus.Complete,
      tests,
      ...(mutantCoverage === undefined ? {} : { mutantCoverage }),
    };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, testFilter, mutantActivation, sandboxFileName } = options;
    this.#deactivate();
    if (hitLimit !== undefined) Object.assign(this.#stryker, { hitLimit, hitCount: 0 });
    if (mutantActivation === "static") this.#stryker.activeMutant = activeMutant.id;
    const isReload = options.reloadEnvironment || this.#isTainted;
    this.#isTainted = mutantActivation === "static";
    let outcome: DryRunResult;
    try {
      if (isReload) await this.#load(this.#isTainted ? sandboxFileName : undefined);
      this.#stryker.activeMutant = activeMutant.id;
      const wanted = testFilter === undefined ? undefined : new Set(testFilter);
      const tests = this.#tests
        .filter(({ id }) => wanted === undefined || wanted.has(id))
        .toSorted((a, b) => this.#durationOf(a) - this.#durationOf(b));
      outcome = { status: DryRunStatus.Complete, tests: await this.#run(tests, !options.disableBail) };
    } catch (error) {
      // A module that does not even load is noticed by every test that imports it.
      outcome = { status: DryRunStatus.Complete, tests: [failed("loading", "loading", error)] };
    }
    const { hitCount } = this.#stryker;
    this.#deactivate();
    return toMutantRunResult(determineHitLimitReached(hitCount, hitLimit) ?? outcome);
  }

  /** Loads the tests anew: all, or those that import `source`. */
  async #load(source?: string): Promise<void> {
    takeCollected();
    this.#tests = [];
    this.#modules.renew();
    const tests: LoadedTest[] = [];
    for (const fileName of globSync(TEST_PATTERNS, { cwd: this.#folder }).toSorted()) {
      const path = join(this.#folder, fileName);
      if (this.#isKnown && source !== undefined && !this.#modules.imports(path, source)) continue;
      await this.#modules.load(path);
      tests.push(...takeCollected().map((each) => ({ ...each, fileName, id: `${fileName}: ${each.name}` })));
    }
    this.#tests = tests.filter(({ id }) => !NOT_TRIED.test(id));
    this.#isKnown = true;
  }

  async #run(tests: readonly LoadedTest[], untilFailure: boolean): Promise<TestResult[]> {
    const results: TestResult[] = [];
    for (const { id, name, fileName, body } of tests) {
      const startedAt = performance.now();
      this.#stryker.currentTestId = id;
      try {
        await body();
        const timeSpentMs = performance.now() - startedAt;
        results.push({ id, name, fileName, timeSpentMs, status: TestStatus.Success });
        if (!this.#durationsMs.has(id)) this.#durationsMs.set(id, timeSpentMs);
      } catch (error) {
        results.push({ ...failed(id, name, error), timeSpentMs: performance.now() - startedAt });
        if (untilFailure) break;
      } finally {
        delete this.#stryker.currentTestId;
      }
    }
    return results;
  }

  #durationOf({ id }: LoadedTest): number {
    return this.#durationsMs.get(id) ?? 0;
  }

  #deactivate(): void {
    delete this.#stryker.activeMutant;
    delete this.#stryker.hitCount;
    delete this.#stryker.hitLimit;
  }
}

function failed(id: string, name: string, error: unknown): TestResult {
  const failureMessage = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { id, name, timeSpentMs: 0, status: TestStatus.Failed, failureMessage };
}

/** What Stryker asks a plugin for. */
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "hallpass", WarmRunner)];
