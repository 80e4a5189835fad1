import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { createSystemClock } from "../../../src/adapters/system/clock.ts";
import { type Demo, startDemo } from "../../../src/world/demo/demo.ts";
import { loadPageFiles } from "../../../src/world/demo/page-files.ts";

const WAIT_MS = 20_000;
/** The demo's own size on a laptop. */
const LAPTOP = { width: 1440, height: 900 };

/** The demo with its page in a browser, and what a person does there. */
export interface Desk {
  readonly demo: Demo;
  readonly page: Page;
  readonly slack: Locator;
  readonly mac: Locator;
  readonly audit: Locator;
  /** Chooses who acts in Slack. */
  actAs(name: string): Promise<void>;
  place(name: RegExp): Promise<void>;
  /** Types a line into the Mac's terminal. */
  type(line: string): Promise<void>;
  ask(reason: string, minutes: number): Promise<void>;
  /** Clicks a button of a message and, where it asks, says yes. */
  press(button: string, yes?: string): Promise<void>;
  /** What the menu bar's pass says. */
  pass(): Locator;
}

/** Starts a demo and opens its page; whatever the page logs as an error fails the test at its end. */
export async function openDesk(
  t: TestContext,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Desk> {
  const demo = await startDemo({
    port: 0,
    real: createSystemClock(),
    files: await loadPageFiles(),
    onLine: () => undefined,
    onPlayed: () => undefined,
    onProblem: (error) => assert.fail(String(error)),
  });
  const context = await browser.newContext({ viewport: LAPTOP, ...options });
  const problems: string[] = [];
  t.after(async () => {
    const found = [...problems];
    await context.close();
    await demo.stop();
    assert.deepEqual(found, [], "the page logged problems");
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(demo.url);
  await page.locator(".desk").waitFor();
  return { demo, page, ...handsOn(page) };
}

function handsOn(page: Page): Omit<Desk, "demo" | "page"> {
  const slack = page.getByRole("region", { name: "Slack" });
  const mac = page.getByRole("region", { name: /^Mac of/ });
  return {
    slack,
    mac,
    audit: page.getByRole("region", { name: "Audit trail" }),
    actAs: (name) => slack.getByRole("group", { name: "You act as" }).getByRole("button", { name }).click(),
    place: (name) => slack.getByRole("navigation").getByRole("button", { name }).click(),
    async type(line) {
      await mac.getByLabel("Command").fill(line);
      await mac.getByLabel("Command").press("Enter");
    },
    async ask(reason, minutes) {
      await mac.getByLabel(`${minutes} min`, { exact: true }).check();
      await mac.getByLabel("Reason").fill(reason);
      await mac.getByRole("button", { name: "Ask IT" }).click();
    },
    async press(button, yes) {
      await slack.getByRole("button", { name: button, exact: true }).last().click();
      if (yes !== undefined) await page.getByRole("dialog").getByRole("button", { name: yes }).click();
    },
    pass: () => mac.locator(".menu-pass"),
  };
}

/** Waits until `locator` shows `words`. */
export async function shows(locator: Locator, words: string | RegExp): Promise<void> {
  await locator.filter({ hasText: words }).first().waitFor({ timeout: WAIT_MS });
}
