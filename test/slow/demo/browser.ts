import { mkdirSync } from "node:fs";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

const PICTURES = join(import.meta.dirname, "../../../test-output");

/** A browser to test with, or why there is none on this machine. */
export type Launched = { readonly browser: Browser } | { readonly missing: string };

/**
 * Starts a headless Chromium: the one that HALLPASS_CHROMIUM names, else the one that its npm package carries. That
 * one needs two libraries of the system.
 */
export async function launchBrowser(): Promise<Launched> {
  const own = process.env["HALLPASS_CHROMIUM"];
  try {
    const browser = await playwright.launch({
      executablePath: own ?? (await chromium.executablePath()),
      args: ["--no-sandbox", "--font-render-hinting=none", "--force-color-profile=srgb"],
      headless: true,
    });
    return { browser };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const library = /(lib(nss3|nspr4|nssutil3)\.so)/.exec(words)?.[1];
    if (library === undefined) throw error;
    return {
      missing: `Chromium needs ${library}: apt-get install libnss3 libnspr4, or set HALLPASS_CHROMIUM`,
    };
  }
}

/** Where a screenshot of this name goes; git does not see it. */
export function picturePath(name: string): string {
  mkdirSync(PICTURES, { recursive: true });
  return join(PICTURES, name);
}
