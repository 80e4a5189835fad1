import type { DemoAct } from "../demo/acts.ts";
import type { DemoSnapshot } from "../demo/snapshot.ts";
import { type ActOutcome, connect, sendAct } from "./connection.ts";
import { desk, waitingDesk } from "./desk/desk.ts";
import { render } from "./dom/patch.ts";
import { markSeen } from "./slack/unread.ts";
import { nowOf, type PageState, type View } from "./state.ts";
import { keepTheme, showTheme, storedTheme } from "./theme.ts";

const TICK_MS = 250;
const NOTICE_MS = 8_000;

let state: PageState = {
  snapshot: undefined,
  receivedAt: 0,
  connection: "connecting",
  theme: storedTheme(),
  tab: "slack",
  personId: undefined,
  place: "channel",
  seen: {},
  folds: {},
  question: undefined,
  underWay: {},
  notice: undefined,
};
let isRenderDue = false;
let lastNotice = 0;

function set(patch: Partial<PageState>): void {
  const { theme } = state;
  state = { ...state, ...patch };
  if (state.theme !== theme) keepTheme(state.theme);
  renderSoon();
}

function renderSoon(): void {
  if (isRenderDue) return;
  isRenderDue = true;
  requestAnimationFrame(renderNow);
}

function renderNow(): void {
  isRenderDue = false;
  showTheme(state.theme);
  const root = document.querySelector("#root");
  if (root === null) return;
  const { snapshot } = state;
  if (snapshot === undefined) return render(root, waitingDesk(state.connection === "lost"));
  const view = viewOf(snapshot);
  if (view === undefined) return;
  state = { ...state, seen: markSeen(state, snapshot, view.person.id) };
  render(root, desk({ ...view, state }));
}

function viewOf(snapshot: DemoSnapshot): View | undefined {
  const { people } = snapshot.slack;
  const person =
    people.find(({ id }) => id === state.personId) ??
    people.find(({ role }) => role === "approver") ??
    people[0];
  if (person === undefined) return undefined;
  return {
    state,
    snapshot,
    now: nowOf(state, performance.now()),
    person,
    set,
    act,
    fold: (name, isOpen) => set({ folds: { ...state.folds, [name]: isOpen } }),
  };
}

async function act(what: DemoAct, name: string = what.act): Promise<ActOutcome> {
  if (state.underWay[name]) return { ok: false, why: "This is already under way." };
  set({ underWay: { ...state.underWay, [name]: true }, notice: undefined });
  const outcome = await sendAct(what);
  const { [name]: _done, ...underWay } = state.underWay;
  set({ underWay });
  if (!outcome.ok) notify(outcome.why, true);
  else if (outcome.text !== undefined) notify(outcome.text, false);
  return outcome;
}

function notify(text: string, isProblem: boolean): void {
  set({ notice: { text, isProblem } });
  const mine = (lastNotice += 1);
  setTimeout(() => {
    if (mine === lastNotice) set({ notice: undefined });
  }, NOTICE_MS);
}

connect({
  onState: (connection) => {
    if (connection !== state.connection) set({ connection });
  },
  onParts: (parts) => {
    const isWhole = state.snapshot !== undefined || Object.keys(parts).length >= 5;
    if (!isWhole) return;
    set({
      snapshot: { ...state.snapshot, ...parts } as DemoSnapshot,
      connection: "open",
      ...(parts.clock === undefined ? {} : { receivedAt: performance.now() }),
    });
  },
});
setInterval(renderSoon, TICK_MS);
renderSoon();
