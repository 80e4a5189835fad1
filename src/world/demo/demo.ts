import type { RunningServer } from "../iru/serve.ts";
import { serveOnLoopback } from "../network.ts";
import { createDemoApp } from "./demo-app.ts";
import { createEventStream } from "./event-stream.ts";
import type { PageFiles } from "./page-files.ts";
import { openTheatre, type TheatreOptions } from "./theatre.ts";

export interface DemoOptions extends TheatreOptions {
  /** Of the page. A free one is taken when it is in use. */
  readonly port: number;
  readonly files: PageFiles;
}

/** A running demo: the world, its page and the play. */
export interface Demo {
  /** Where the page is, without a slash at the end. */
  readonly url: string;
  readonly isPortTaken: boolean;
  /** Plays one session on a fresh stage, from the beginning. */
  play(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a demo whose stage is set and whose page is served; nothing plays before `play`. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const theatre = await openTheatre(options);
  const events = createEventStream(theatre.take, options.real, options.onProblem);
  const app = createDemoApp({ files: options.files, events, act: theatre.act });
  const { server, isPortTaken } = await serveSomewhere(app.fetch, options.port);
  return {
    url: server.url,
    isPortTaken,
    play: theatre.play,
    async stop() {
      events.stop();
      await server.close();
      await theatre.stop();
    },
  };
}

type Fetch = (request: Request) => Response | Promise<Response>;

async function serveSomewhere(
  fetch: Fetch,
  port: number,
): Promise<{ readonly server: RunningServer; readonly isPortTaken: boolean }> {
  try {
    return { server: await serveOnLoopback(fetch, port), isPortTaken: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return { server: await serveOnLoopback(fetch), isPortTaken: true };
  }
}
