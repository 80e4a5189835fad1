import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launchBrowser, picturePath } from "./demo/browser.ts";
import { boxes, faintTexts, namelessControls, overflow, sidewaysScrollers } from "./demo/checks.ts";
import { openDesk, shows } from "./demo/desk.ts";

const EVIL = `<img src=x onerror="document.title='owned'">`;

let launched: Browser | undefined;
let missing: string | undefined;

before(async () => {
  const outcome = await launchBrowser();
  if ("browser" in outcome) launched = outcome.browser;
  else missing = outcome.missing;
});
after(() => launched?.close());

/** A test with a browser; where none can start it is counted as not run, and why. */
function browserTest(
  name: string,
  run: (t: Parameters<typeof openDesk>[0], browser: Browser) => Promise<void>,
) {
  test(name, async (t) => {
    if (launched === undefined) return t.skip(missing);
    return run(t, launched);
  });
}

browserTest("a session by hand: refused, asked, approved, used, given back, logged", async (t, browser) => {
  const desk = await openDesk(t, browser);
  const { page, slack, mac, audit } = desk;
  const still = await boxes(page);

  await desk.type("sudo whoami");
  await shows(mac.locator(".line-refused"), "anna is not in the sudoers file");
  await desk.ask(`Try ${EVIL}`, 15);
  await shows(desk.pass(), "Waiting");
  await shows(slack.locator(".message"), EVIL);
  assert.equal(await page.locator("img").count(), 0, "L10: words of people are never read as HTML");

  await desk.actAs("Dan");
  await desk.press("Approve 10 min", "Approve 10 min");
  await shows(slack.locator(".message-private"), /Only visible to you.*not on the list/s);
  await desk.actAs("Ben");
  await slack.locator(".message-private").waitFor({ state: "detached" });
  await desk.press("Approve 10 min", "Approve 10 min");
  await shows(desk.pass(), "Admin");
  await shows(mac.locator(".truth"), "yes");
  await desk.type("sudo whoami");
  await shows(mac.locator(".line-output"), "root");
  await shows(slack.locator(".message"), "Admin now");

  await slack.getByLabel("Command as Ben").fill("/admin-status");
  await slack.getByLabel("Command as Ben").press("Enter");
  await shows(slack.locator(".message-private"), /Open now: 1/);
  await desk.actAs("Anna");
  await desk.place(/Hallpass to Anna/);
  await shows(slack.locator(".message"), /You are an admin until/);

  await mac.getByRole("button", { name: "I'm done" }).click();
  await shows(mac.locator(".pass"), "Ask for admin rights");
  await shows(mac.locator(".truth"), "no");
  await shows(slack.locator(".message"), /session is over.*log is stored/s);
  await desk.place(/it-access/);
  await slack.locator(".file-head").click();
  await shows(slack.locator(".file-text"), "COMMAND=/usr/bin/whoami");
  await shows(slack.locator(".message"), /Rights removed, verified on the Mac/);

  await shows(audit.locator(".verdict"), /verified/);
  assert.equal(await audit.locator(".entry-faulty").count(), 0);
  await audit.locator(".entry-head").last().click();
  await shows(audit.locator(".entry-details"), /[0-9a-f]{64}/);
  assert.equal(await page.title(), "Hallpass demo");
  assert.deepEqual(await boxes(page), still, "nothing on the desk moved");
});

browserTest("denied with a reason through the dialog, which Escape closes", async (t, browser) => {
  const desk = await openDesk(t, browser);
  const { page, slack, mac } = desk;
  await desk.ask("Play games", 30);
  const deny = slack.getByRole("button", { name: "Deny…" });
  await deny.click();
  const dialog = page.getByRole("dialog", { name: "Deny this request" });
  await dialog.waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await deny.click();
  await dialog.getByRole("textbox").fill("Games need no rights");
  await dialog.getByRole("button", { name: "Deny", exact: true }).click();
  await shows(mac.locator(".notices"), /denied.*Games need no rights/s);
  await shows(slack.locator(".message"), /Denied by @Ben/);
  await desk.actAs("Anna");
  await desk.place(/Hallpass to Anna/);
  await shows(slack.locator(".message"), "Games need no rights");
});

browserTest("with the keyboard alone: the form, the approval, the terminal", async (t, browser) => {
  const desk = await openDesk(t, browser);
  const { page, mac } = desk;
  const { keyboard } = page;
  const isOn = (selector: string) =>
    page.evaluate((at) => document.activeElement?.matches(at) === true, selector);
  const tabTo = async (selector: string) => {
    // Sixty presses take less than half a second: what is to come must be there first.
    await page.locator(selector).first().waitFor({ state: "attached" });
    for (let presses = 0; presses < 60; presses += 1) {
      if (await isOn(selector)) return;
      await keyboard.press("Tab");
    }
    assert.fail(`Tab never reaches ${selector}`);
  };
  await tabTo("input[name=minutes]");
  await keyboard.press("ArrowLeft");
  await keyboard.press("Tab");
  assert.ok(await isOn("select"));
  await keyboard.press("Tab");
  await keyboard.type("Update Homebrew");
  await keyboard.press("Enter");
  await shows(desk.pass(), "Waiting");
  assert.equal(
    await page.evaluate(() => document.activeElement === document.body),
    false,
    "focus is not lost",
  );

  await tabTo("[data-action=hallpass_approve_10]");
  assert.equal(
    await page.evaluate(() => {
      const focused = document.activeElement;
      return focused === null ? "none" : getComputedStyle(focused).outlineStyle;
    }),
    "solid",
    "the focus is seen",
  );
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await isOn("[data-action=hallpass_approve_10]"), "the focus comes back to the button");
  await keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await keyboard.press("Enter");
  await shows(desk.pass(), "Admin");
  await tabTo("#line");
  await keyboard.type("sudo whoami");
  await keyboard.press("Enter");
  await shows(mac.locator(".line-output"), "root");
  await keyboard.press("ArrowUp");
  assert.equal(await mac.getByLabel("Command").inputValue(), "sudo whoami");
  assert.ok(await isOn("#line"), "the terminal keeps the focus");
});

browserTest(
  "what is being typed, and where one reads, survives everything that happens meanwhile",
  async (t, browser) => {
    const desk = await openDesk(t, browser);
    const { page, mac, audit } = desk;
    await desk.ask("Install a compiler", 10);
    await shows(desk.pass(), "Waiting");
    await shows(audit.locator(".entry-text"), "Slack and Iru agree");
    const command = mac.getByLabel("Command");
    await command.fill("sudo half a com");
    await command.evaluate((input: HTMLInputElement) => input.setSelectionRange(5, 9));
    await audit.locator(".entries").evaluate((box) => {
      box.style.maxHeight = "60px";
      box.scrollTop = 0;
    });
    await desk.press("Approve 5 min");
    await page.getByRole("dialog").getByRole("button", { name: "Approve 5 min" }).press("Enter");
    await command.focus();
    await command.evaluate((input: HTMLInputElement) => input.setSelectionRange(5, 9));
    await shows(desk.pass(), "Admin");
    const kept = await command.evaluate((input: HTMLInputElement) => [
      input.value,
      input.selectionStart,
      input.selectionEnd,
      document.activeElement === input,
    ]);
    assert.deepEqual(kept, ["sudo half a com", 5, 9, true]);
    assert.equal(
      await audit.locator(".entries").evaluate((box) => box.scrollTop),
      0,
      "reading goes on where it was",
    );
  },
);

browserTest("a whole play: nothing jumps, and the pictures are taken", async (t, browser) => {
  const desk = await openDesk(t, browser, {
    colorScheme: "light",
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  const { page, demo } = desk;
  await page.evaluate(() => {
    const shifts: string[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & {
        sources: { node?: Element; previousRect: DOMRect; currentRect: DOMRect }[];
      })[]) {
        for (const { node } of entry.sources) {
          const parts =
            ".window, .window-head, .top-bar, .story, .pass, .notices, .terminal, .switches, .composer";
          if (node?.matches?.(parts)) shifts.push(node.className);
        }
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const still = await boxes(page);
  const playing = demo.play();
  await shows(page.locator(".story"), "Ben");
  assert.deepEqual(await boxes(page), still);
  await shows(desk.pass(), /Admin \d/);
  await shows(desk.mac.locator(".line"), "chown");
  await page.screenshot({ path: picturePath("demo-light.png") });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.screenshot({ path: picturePath("demo-dark.png") });
  await page.emulateMedia({ colorScheme: "light" });
  assert.deepEqual(await boxes(page), still);
  await playing;
  await shows(page.locator(".story"), "Your turn");
  await shows(desk.slack.locator(".file-name"), ".log");
  await shows(desk.audit.locator(".verdict"), /verified/);
  await page.screenshot({ path: picturePath("demo-ended.png") });
  assert.deepEqual(await boxes(page), still);
  assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts), []);
});

browserTest(
  "on a phone the three windows are tabs, and nothing sticks out in any state",
  async (t, browser) => {
    const desk = await openDesk(t, browser, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      locale: "en-GB",
    });
    const { page } = desk;
    const tab = (name: string) =>
      page.getByRole("navigation", { name: "Windows" }).getByRole("button", { name }).click();
    const check = async (state: string) => {
      for (const name of ["Slack", "Mac", "Audit"]) {
        await tab(name);
        assert.deepEqual(await overflow(page), [], `${state}, ${name}`);
        assert.deepEqual(await sidewaysScrollers(page), [], `${state}, ${name}`);
        assert.deepEqual(await namelessControls(page), [], `${state}, ${name}`);
      }
    };
    await check("empty");
    await tab("Mac");
    await desk.ask(
      "Install a compiler with a-very-long-word-that-no-line-break-can-save-us-from-and-more",
      15,
    );
    await shows(desk.pass(), "Waiting");
    await check("pending");
    await tab("Slack");
    await page.screenshot({ path: picturePath("demo-phone-slack.png") });
    await desk.press("Approve 15 min", "Approve 15 min");
    await tab("Mac");
    await shows(desk.pass(), "Admin");
    await check("admin");
    await tab("Mac");
    await desk.type("sudo whoami");
    await shows(desk.mac.locator(".line-output"), "root");
    await page.screenshot({ path: picturePath("demo-phone.png") });
  },
);

browserTest(
  "every state can be read and named, in light and dark, and moves only where that is wanted",
  async (t, browser) => {
    const desk = await openDesk(t, browser);
    const { page, mac, slack } = desk;
    const check = async (state: string) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        assert.deepEqual(await faintTexts(page), [], `${state}, ${colorScheme}`);
        assert.deepEqual(await namelessControls(page), [], `${state}, ${colorScheme}`);
      }
    };
    await check("empty");
    await desk.type("sudo whoami");
    await desk.ask("Install a compiler", 15);
    await shows(desk.pass(), "Waiting");
    await slack.getByRole("button", { name: "Approve 30 min" }).click();
    await check("asking");
    await page.getByRole("dialog").getByRole("button", { name: "Approve 30 min" }).click();
    await shows(desk.pass(), "Admin");
    await check("admin");
    await mac.getByRole("button", { name: "Portal" }).click();
    await shows(mac.locator(".pass"), "captive portal");
    await check("captive");
    await mac.getByRole("button", { name: "Online" }).click();
    await mac.getByRole("button", { name: "Close lid" }).click();
    await shows(mac.locator(".curtain"), "Asleep");
    await check("asleep");
    assert.equal(
      await page
        .locator(".button")
        .first()
        .evaluate((button) => getComputedStyle(button).transitionDuration),
      "0s",
    );
    await page.emulateMedia({ reducedMotion: "no-preference" });
    const durations = await page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((element) =>
        getComputedStyle(element)
          .transitionDuration.split(",")
          .map((text) => Number.parseFloat(text) * 1_000),
      ),
    );
    assert.ok(Math.max(...durations) < 150, `${Math.max(...durations)} ms`);
  },
);

browserTest("the colours can be chosen, and the choice is kept", async (t, browser) => {
  const { page } = await openDesk(t, browser, { colorScheme: "light" });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.getByRole("button", { name: /Press for: light/ }).click();
  await page.getByRole("button", { name: /Press for: dark/ }).click();
  await page.getByRole("button", { name: /^Dark colours/ }).waitFor();
  assert.notEqual(await ground(), light);
  await page.reload();
  await page.getByRole("button", { name: /^Dark colours/ }).waitFor();
  assert.notEqual(await ground(), light);
});

browserTest("a server that goes away is said so, without losing what was on the desk", async (t, browser) => {
  const desk = await openDesk(t, browser);
  const { page, demo } = desk;
  await desk.type("whoami");
  await shows(desk.mac.locator(".line-output"), "anna");
  // The page's own console then tells of connections that fail; that is what this test is about.
  page.removeAllListeners("console");
  await demo.stop();
  await page.getByRole("alert").waitFor();
  await shows(page.getByRole("alert"), "Reconnecting");
  await shows(desk.mac.locator(".line-output"), "anna");
  await desk.type("id");
  await shows(page.locator(".toast-problem"), "does not answer");
});
