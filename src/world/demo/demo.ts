import { HttpProblem } from "../../http/problem.ts";
import type { Clock } from "../../ports/clock.ts";
import type { RunningServer } from "../iru/serve.ts";
import { serveOnLoopback } from "../network.ts";
import type { DemoAct } from "./acts.ts";
import { createCaptions } from "./captions.ts";
import { createDemoApp } from "./demo-app.ts";
import { createEventStream } from "./event-stream.ts";
import type { PageFiles } from "./page-files.ts";
import { performAct } from "./perform-act.ts";
import { type PlayOutcome, type PlaySpeeds, playSession } from "./play.ts";
import type { DemoSnapshot, DemoStory, StoryLine } from "./snapshot.ts";
import { setStage, type Stage } from "./stage.ts";

export interface DemoOptions {
  /** Real time. */
  readonly real: Clock;
  /** Of the page. A free one is taken when it is in use. */
  readonly port: number;
  readonly files: PageFiles;
  /** How fast a session plays by itself. */
  readonly speeds?: PlaySpeeds;
  /** Hears each line of the story. */
  onLine(line: StoryLine): void;
  /** Hears when a play is over. */
  onPlayed(outcome: PlayOutcome): void;
  /** Hears why the stage could not be set or played on; a page then offers to start afresh. */
  onProblem(error: unknown): void;
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
  const events = createEventStream(theatre.take, options.real);
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

/** The stage, its story, and who plays on it. */
interface Theatre {
  take(): Promise<DemoSnapshot>;
  act(act: DemoAct): Promise<string | undefined>;
  play(): Promise<void>;
  stop(): Promise<void>;
}

async function openTheatre(options: DemoOptions): Promise<Theatre> {
  let captions = createCaptions(options.real);
  let state: DemoStory["state"] = "yours";
  let progress = 0;
  let playing = new AbortController();
  /** Scene changes and plays, one after the other. */
  let scene: Promise<void> = Promise.resolve();

  const hear = (line: StoryLine) => {
    // What Slack says is read in the Slack window.
    if (line.who !== "Slack") captions.add(line);
    options.onLine(line);
  };
  let stage: Stage = await setStage(options.real, hear);

  async function setAgain(): Promise<void> {
    await stage.stop();
    state = "yours";
    captions = createCaptions(options.real);
    stage = await setStage(options.real, hear);
  }

  async function play(isFresh: boolean): Promise<void> {
    playing = new AbortController();
    progress = 0;
    if (!isFresh) await setAgain();
    state = "playing";
    const outcome = await playSession({
      stage,
      real: options.real,
      signal: playing.signal,
      speeds: options.speeds ?? { calm: 10, quick: 60 },
      onProgress: (next) => {
        progress = next;
      },
    });
    state = outcome === "stuck" ? "stopped" : "yours";
    options.onPlayed(outcome);
  }

  /** Scenes come one after the other; one that fails stops the play and not the demo. */
  function next(work: () => Promise<void>): Promise<void> {
    scene = scene.then(work).catch((error: unknown) => {
      state = "stopped";
      options.onProblem(error);
    });
    return scene;
  }

  function refuseWhilePlaying(): void {
    if (state !== "playing") return;
    const detail = "The session plays by itself. Press “Take over” to play yourself.";
    throw new HttpProblem(409, { kind: "playing", title: "Playing", detail });
  }

  return {
    async take() {
      const caption = captions.current();
      const story = { state, progress, ...(caption === undefined ? {} : { caption }) };
      return { ...(await stage.take()), story };
    },
    async act(act) {
      switch (act.act) {
        case "take_over":
          playing.abort();
          return undefined;
        case "play":
          refuseWhilePlaying();
          state = "playing";
          void next(() => play(false));
          return undefined;
        case "start_afresh":
          playing.abort();
          await next(setAgain);
          return undefined;
        default:
          refuseWhilePlaying();
          return performAct(stage, act);
      }
    },
    play: () => next(() => play(true)),
    async stop() {
      playing.abort();
      await next(() => stage.stop());
    },
  };
}
