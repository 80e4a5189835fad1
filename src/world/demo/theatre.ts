import { HttpProblem } from "../../http/problem.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DemoAct } from "./acts.ts";
import { type Captions, createCaptions } from "./captions.ts";
import { performAct } from "./perform-act.ts";
import { type PlayOutcome, type PlaySpeeds, playSession } from "./play.ts";
import type { DemoSnapshot, DemoStory, StoryLine } from "./snapshot.ts";
import { setStage, type Stage } from "./stage.ts";

export interface TheatreOptions {
  /** Real time. */
  readonly real: Clock;
  /** How fast a session plays by itself. */
  readonly speeds?: PlaySpeeds;
  /** Hears each line of the story. */
  onLine(line: StoryLine): void;
  /** Hears when a play is over. */
  onPlayed(outcome: PlayOutcome): void;
  /** Hears why the stage could not be set or played on; a page then offers to start afresh. */
  onProblem(error: unknown): void;
}

/** The stage, what is played on it, and who plays. */
export interface Theatre {
  take(): Promise<DemoSnapshot>;
  /** Does what a person asks for; throws `HttpProblem` while the stage is not theirs. */
  act(act: DemoAct): Promise<string | undefined>;
  /** Plays one session on the stage as it is. */
  play(): Promise<void>;
  stop(): Promise<void>;
}

const SPEEDS: PlaySpeeds = { calm: 10, quick: 60 };

/** All that changes while the theatre is open. */
interface House {
  readonly options: TheatreOptions;
  stage: Stage;
  captions: Captions;
  state: DemoStory["state"];
  progress: number;
  /** While the stage is being set anew: what was last seen of the old one. */
  curtain: DemoSnapshot | undefined;
  playing: AbortController;
  /** Changes of the stage and plays, one after the other. */
  scene: Promise<void>;
}

/** Opens a theatre whose stage is set; nothing plays yet. */
export async function openTheatre(options: TheatreOptions): Promise<Theatre> {
  const captions = createCaptions(options.real);
  const house: House = {
    options,
    captions,
    stage: await setStage(options.real, hearing(options, captions)),
    state: "yours",
    progress: 0,
    curtain: undefined,
    playing: new AbortController(),
    scene: Promise.resolve(),
  };
  return {
    take: () => take(house),
    act: (act) => perform(house, act),
    play: () => next(house, () => play(house)),
    stop() {
      house.playing.abort();
      return next(house, () => house.stage.stop());
    },
  };
}

function hearing(options: TheatreOptions, captions: Captions): (line: StoryLine) => void {
  return (line) => {
    // What Slack says is read in the Slack window.
    if (line.who !== "Slack") captions.add(line);
    options.onLine(line);
  };
}

async function take(house: House): Promise<DemoSnapshot> {
  if (house.curtain !== undefined) return house.curtain;
  const { state, progress, captions, stage } = house;
  const caption = captions.current();
  const story = { state, progress, ...(caption === undefined ? {} : { caption }) };
  return { ...(await stage.take()), story };
}

/** Scenes come one after the other; one that fails stops the play and not the demo. */
function next(house: House, work: () => Promise<void>): Promise<void> {
  house.scene = house.scene.then(work).catch((error: unknown) => {
    house.state = "stopped";
    house.options.onProblem(error);
  });
  return house.scene;
}

async function setAgain(house: House, state: DemoStory["state"]): Promise<void> {
  const { options } = house;
  house.curtain = await take(house);
  try {
    await house.stage.stop();
    const captions = createCaptions(options.real);
    const stage = await setStage(options.real, hearing(options, captions));
    Object.assign(house, { captions, stage, state, progress: 0 } satisfies Partial<House>);
  } finally {
    house.curtain = undefined;
  }
}

async function play(house: House): Promise<void> {
  const { options, stage } = house;
  house.playing = new AbortController();
  house.state = "playing";
  const outcome = await playSession({
    stage,
    real: options.real,
    signal: house.playing.signal,
    speeds: options.speeds ?? SPEEDS,
    onProgress: (progress) => {
      house.progress = progress;
    },
  });
  house.state = outcome === "stuck" ? "stopped" : "yours";
  options.onPlayed(outcome);
}

async function perform(house: House, act: DemoAct): Promise<string | undefined> {
  switch (act.act) {
    case "take_over":
      house.playing.abort();
      return undefined;
    case "play":
      refuseUnlessFree(house);
      void next(house, () => setAgain(house, "playing"));
      void next(house, () => play(house));
      return undefined;
    case "start_afresh":
      house.playing.abort();
      await next(house, () => setAgain(house, "yours"));
      return undefined;
    default:
      refuseUnlessFree(house);
      return performAct(house.stage, act);
  }
}

function refuseUnlessFree({ state, curtain }: House): void {
  if (curtain !== undefined) throw busy("setting", "The stage is being set. Try again in a moment.");
  if (state !== "playing") return;
  throw busy("playing", "The session plays by itself. Press “Take over” to play yourself.");
}

function busy(kind: string, detail: string): HttpProblem {
  return new HttpProblem(409, { kind, title: "Not now", detail });
}
