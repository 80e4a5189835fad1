import type { DemoAct } from "../demo/acts.ts";
import type { DemoSnapshot } from "../demo/snapshot.ts";

/** What came of an act: done, perhaps with a sentence, or why not. */
export type ActOutcome =
  | { readonly ok: true; readonly text?: string }
  | { readonly ok: false; readonly why: string };

export interface ConnectionHandlers {
  /** Parts that changed; the first delivery has all of them. */
  onParts(parts: Partial<DemoSnapshot>): void;
  onState(state: "open" | "lost"): void;
}

const RETRY_MS = 1_500;

/** Listens to the demo server for good; after a loss it tries again until the server is back. */
export function connect(handlers: ConnectionHandlers): void {
  const source = new EventSource("/demo/events");
  source.addEventListener("open", () => handlers.onState("open"));
  source.addEventListener("message", (event: MessageEvent<string>) => {
    handlers.onParts(JSON.parse(event.data) as Partial<DemoSnapshot>);
  });
  source.addEventListener("error", () => {
    handlers.onState("lost");
    // The browser itself tries again after a broken connection, but gives up after an answer that is no stream.
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => connect(handlers), RETRY_MS);
  });
}

/** Sends one act. Never rejects. */
export async function sendAct(act: DemoAct): Promise<ActOutcome> {
  try {
    const response = await fetch("/demo/act", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(act),
    });
    const answer = (await response.json()) as { text?: string; detail?: string };
    if (!response.ok) return { ok: false, why: answer.detail ?? `The demo answered ${response.status}.` };
    return { ok: true, ...(answer.text === undefined ? {} : { text: answer.text }) };
  } catch {
    return { ok: false, why: "The demo server does not answer." };
  }
}
