import type { ActAnswer } from "../../agent/core/steps.ts";
import { HttpProblem } from "../../http/problem.ts";
import { ANNAS_MAC, PEOPLE } from "../cast.ts";
import type { DirectAnswer } from "../slack/people.ts";
import type { DemoAct } from "./acts.ts";
import { NETWORKS } from "./mac-view.ts";
import type { Stage } from "./stage.ts";

/** The acts that happen inside the world; the others are about the demo itself. */
export type StageAct = Exclude<DemoAct, { readonly act: "play" | "take_over" | "start_afresh" }>;

const ANNA = PEOPLE.anna.name;
const REQUESTER = "Anna";

/** Does one act on the stage; resolves with what there is to say, and throws `HttpProblem` when it is refused. */
export async function performAct(stage: Stage, act: StageAct): Promise<string | undefined> {
  if ("serial" in act && act.serial !== ANNAS_MAC.serial) throw refused("There is no such Mac.");
  switch (act.act) {
    case "request": {
      const { reason, category, durationMinutes: minutes } = act;
      return answered(await stage.mac.requestAdmin({ user: ANNA, reason, category, minutes }));
    }
    case "cancel":
      return answered(await stage.mac.cancel(ANNA));
    case "done":
      return answered(await stage.mac.done(ANNA));
    case "start_now":
      if (stage.mac.answerStart("start")) return undefined;
      return answered(await stage.mac.startNow(ANNA));
    case "command":
      stage.shell.run(act.line);
      return undefined;
    case "network":
    case "lid":
    case "reboot":
      return handle(stage, act);
    case "click":
    case "submit_view":
    case "close_view":
    case "slash":
      return useSlack(stage, act);
    case "speed":
      stage.pump.setRate(act.rate);
      return undefined;
  }
}

function handle(
  { mac, tell }: Stage,
  act: Extract<StageAct, { act: "network" | "lid" | "reboot" }>,
): undefined {
  switch (act.act) {
    case "network":
      mac.setNetwork(NETWORKS[act.network]);
      tell(REQUESTER, NETWORK_STORY[act.network]);
      return;
    case "lid":
      if (act.lid === "closed") mac.closeLid();
      else mac.openLid();
      tell(REQUESTER, act.lid === "closed" ? "closes the lid" : "opens the lid");
      return;
    case "reboot":
      mac.reboot();
      tell(REQUESTER, "restarts the Mac");
      return;
  }
}

const NETWORK_STORY = {
  online: "puts the Mac online",
  captive: "walks into a captive portal",
  offline: "cuts the Mac off the network",
} as const;

async function useSlack(
  { world }: Stage,
  act: Extract<StageAct, { act: "click" | "submit_view" | "close_view" | "slash" }>,
): Promise<undefined> {
  const { slack } = world;
  switch (act.act) {
    case "click":
      return accepted(await slack.click(act.person, act.ts, act.actionId));
    case "submit_view":
      return accepted(await slack.submitView(act.person, act.words));
    case "close_view":
      return slack.closeView(act.person) as undefined;
    case "slash":
      return accepted(await slack.slash(act.person, "/admin-status", act.text));
  }
}

/** Hallpass answers a click with 200 and says everything else by other ways. */
function accepted({ status }: DirectAnswer): undefined {
  if (status !== 200) throw refused(`Hallpass answered Slack with ${status}.`, 502);
}

/** What the agent said to the person; its later words come as notices. */
function answered({ ok, text }: ActAnswer): undefined {
  if (!ok) throw refused(text);
}

function refused(detail: string, status = 409): HttpProblem {
  return new HttpProblem(status, { kind: "refused", title: "Refused", detail });
}
