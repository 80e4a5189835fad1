import type { Page } from "playwright-core";

/** Text that is too faint: less than 4.5 to 1 against its ground, or 3 to 1 where it is large (WCAG 2.2, 1.4.3). */
export async function faintTexts(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    type Colour = readonly [red: number, green: number, blue: number, alpha: number];
    const read = (text: string): Colour => {
      const numbers = (text.match(/[\d.]+/g) ?? []).map(Number);
      const scale = text.startsWith("color(") ? 255 : 1;
      const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
      return [red * scale, green * scale, blue * scale, alpha];
    };
    const over = (top: Colour, below: Colour): Colour => {
      const mix = (index: 0 | 1 | 2) => top[index] * top[3] + below[index] * (1 - top[3]);
      return [mix(0), mix(1), mix(2), 1];
    };
    const groundOf = (element: Element): Colour => {
      const layers: Colour[] = [];
      for (let at: Element | null = element; at !== null; at = at.parentElement) {
        layers.push(read(getComputedStyle(at).backgroundColor));
      }
      return layers.reduceRight<Colour>((below, layer) => over(layer, below), [255, 255, 255, 1]);
    };
    const brightness = ([red, green, blue]: Colour) => {
      const linear = [red, green, blue].map((part) =>
        part / 255 <= 0.040_45 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
    };
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      const words = node.nodeValue?.trim() ?? "";
      if (element === null || words === "" || !element.checkVisibility()) continue;
      // What lies under the curtain of a sleeping Mac is not there to be read.
      if (element.closest("[inert], noscript") !== null) continue;
      const style = getComputedStyle(element);
      const ground = groundOf(element);
      const [light = 0, dark = 0] = [over(read(style.color), ground), ground]
        .map(brightness)
        .toSorted((left, right) => right - left);
      const ratio = (light + 0.05) / (dark + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (isLarge ? 3 : 4.5)) faint.push(`${ratio.toFixed(2)} "${words.slice(0, 40)}"`);
    }
    return faint;
  });
}

/** Buttons, links and fields without a name for those who do not see them. */
export async function namelessControls(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], input, select, textarea, dialog, progress")]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const labels = "labels" in element ? [...((element.labels as NodeListOf<HTMLElement>) ?? [])] : [];
        const labelledBy = element.getAttribute("aria-labelledby");
        const words = [
          element.textContent,
          element.getAttribute("aria-label"),
          labelledBy === null ? "" : document.querySelector(`#${labelledBy}`)?.textContent,
          ...labels.map((label) => label.textContent),
        ];
        return words.every((word) => (word ?? "").trim() === "");
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

/** How many pixels the page is wider than its window, and what sticks out. */
export async function overflow(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const { clientWidth, scrollWidth } = document.documentElement;
    const out = [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((element) => element.checkVisibility() && element.closest(".visually-hidden") === null)
      .filter((element) => {
        const { right, left, width } = element.getBoundingClientRect();
        return width > 1 && (right > clientWidth + 1 || left < -1);
      })
      .map((element) => `${element.tagName} ${element.className}`);
    return scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px too wide`, ...out] : out;
  });
}

/** Boxes that scroll sideways although they should not. */
export async function sidewaysScrollers(page: Page): Promise<readonly string[]> {
  return page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        ".window, .messages, .entries, .screen-body, .switches, .story",
      ),
    ]
      .filter((element) => element.checkVisibility() && element.scrollWidth > element.clientWidth + 1)
      .map((element) => `${element.className}: ${element.scrollWidth} > ${element.clientWidth}`),
  );
}

/** Places and sizes of the desk's fixed parts. */
export async function boxes(page: Page): Promise<Readonly<Record<string, string>>> {
  return page.evaluate(() => {
    const parts = [
      ".top-bar",
      ".story",
      ".window-slack",
      ".window-mac",
      ".window-audit",
      ".pass",
      ".notices",
      ".terminal",
      ".switches",
    ];
    return Object.fromEntries(
      parts.map((part) => {
        const { x, y, width, height } =
          document.querySelector(part)?.getBoundingClientRect() ?? new DOMRect();
        return [part, [x, y, width, height].map(Math.round).join(" ")];
      }),
    );
  });
}
