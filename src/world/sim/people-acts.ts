import { shortId } from "../../core/ids.ts";
import { SESSION_MINUTES } from "../../core/time.ts";
import { PEOPLE } from "../cast.ts";
import type { MacUser } from "../mac/directory.ts";
import type { Random } from "../random.ts";
import { buttonsOf } from "../slack/people.ts";
import type { SlackPost } from "../slack/state.ts";
import { REASONS, TYPED_SECRETS } from "./sim-cast.ts";
import { type MacSide, sessionOnDisk } from "./mac-side.ts";
import { sayDone } from "./checks-obey.ts";
import { keyOfPost } from "./post-key.ts";
import type { SimWorld } from "./sim-world.ts";

/** One thing that somebody does; nothing where it makes no sense now. */
export type Act = (world: SimWorld, random: Random) => void;

const ASKS_MAX = 6;

/** A user of some Mac asks for rights; mostly for five minutes, so that whole lives fit into a seed. */
export function ask(world: SimWorld, random: Random): void {
  if (world.durable.requests.size >= ASKS_MAX) return click(world, random);
  const side = random.pick(world.macs);
  const user = random.chance(0.75) ? side.cast.users[0] : random.pick(side.cast.users);
  if (user !== undefined && side.mac.condition().isOn) askAs(world, random, side, user);
}

/** This user of this Mac asks, for a drawn time and reason. */
export function askAs(world: SimWorld, random: Random, side: MacSide, user: MacUser): void {
  const minutes = random.chance(0.8) ? 5 : random.pick(SESSION_MINUTES);
  world.book.note(side.cast.serial, undefined, () => `${user.username} asks for ${minutes} minutes`);
  void side.mac.requestAdmin({
    user: user.username,
    reason: random.pick(REASONS),
    category: "install",
    minutes,
  });
}

/** Somebody presses a button of a root message: an approver mostly, sometimes two at once, sometimes a stale one. */
export function click(world: SimWorld, random: Random): void {
  const posts = world.slack.cards();
  const live = posts.filter((post) => buttonsOf(post.content).length > 0);
  const post = random.chance(0.85) && live.length > 0 ? random.pick(live) : posts.at(-1);
  if (post === undefined) return;
  press(world, random, post);
  if (!random.chance(0.25)) return;
  // Somebody else at the same moment: on the same card, or on another one.
  const other = live.length > 1 && random.chance(0.5) ? random.pick(live) : post;
  world.book.count(other === post ? "race same card" : "race two cards");
  press(world, random, other);
}

function press(world: SimWorld, random: Random, post: SlackPost): void {
  const isStale = random.chance(0.12);
  const contents = isStale ? [post.content, ...post.earlier] : [post.content];
  const buttons = contents.flatMap(buttonsOf);
  if (buttons.length === 0) return;
  const denying = buttons.find(({ label }) => label.startsWith("Deny"));
  const approving = buttons.filter(({ label }) => label.startsWith("Approve"));
  const isShort = world.plan.trial !== undefined;
  const approval = isShort ? approving[0] : undefined;
  const usual =
    approving.length > 0 && random.chance(0.6) ? (approval ?? random.pick(approving)) : random.pick(buttons);
  const button = denying !== undefined && random.chance(0.12) ? denying : usual;
  const { id } = random.chance(0.85)
    ? random.pick([PEOPLE.ben, PEOPLE.carla])
    : random.pick(Object.values(PEOPLE));
  if (isHasty(button.label) && !random.chance(0.3)) return;
  world.book.note(undefined, button.value, () => `${id} presses ${button.label}`);
  void world.slack.click(id, post.ts, button.actionId).catch(() => undefined);
}

/** Buttons that end what is going on: pressed less often than they are seen. */
function isHasty(label: string): boolean {
  return /^(Cancel|Deny|Revoke|Lock)/.test(label);
}

/** Whoever has the dialog open sends it, or closes it. */
export function dialog(world: SimWorld, random: Random): void {
  for (const { id } of [PEOPLE.ben, PEOPLE.carla]) {
    if (world.slack.dialogOf(id) === undefined) continue;
    if (random.chance(0.2)) world.slack.closeView(id);
    else
      void world.slack
        .submitView(id, random.chance(0.5) ? "" : "No. <!here> <@U0NOBODY> & *never*")
        .catch(() => undefined);
  }
}

/** "I'm done", in a direct message. */
export function doneInSlack(world: SimWorld, random: Random): void {
  const person = random.pick(Object.values(PEOPLE));
  const posts = world.slack.directs(person.id).filter((post) => buttonsOf(post.content).length > 0);
  const post = posts.at(-1);
  const button = post === undefined ? undefined : buttonsOf(post.content)[0];
  if (post === undefined || button === undefined) return;
  void world.slack.click(person.id, post.ts, button.actionId).catch(() => undefined);
}

/** Asks what is open, in the channel. */
export function adminStatus(world: SimWorld, random: Random): void {
  const { id } = random.pick([PEOPLE.ben, PEOPLE.dan]);
  const requestId = [...world.durable.requests.keys()].at(-1) ?? "";
  const text = random.chance(0.5) ? "" : shortId(requestId);
  void world.slack.slash(id, "/admin-status", text).catch(() => undefined);
}

/** The requester withdraws on the Mac. */
export function cancel(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  void side.mac.cancel(random.pick(side.cast.users).username);
}

/** The user says on the Mac that the work is done. */
export function done(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const { atConsole } = side.mac.condition();
  if (atConsole === undefined) return;
  // What was typed just before belongs to the log as well.
  if (random.chance(0.7)) typeCommand(side, random);
  sayDone(world, side, atConsole);
}

/** Answers the question whether to start now, or starts from the menu bar. */
export function start(world: SimWorld, random: Random): void {
  for (const { mac } of world.macs) {
    const { atConsole } = mac.condition();
    if (mac.menuBar().question !== undefined) mac.answerStart(random.chance(0.8) ? "start" : "later");
    else if (atConsole !== undefined && random.chance(0.2)) void mac.startNow(atConsole);
  }
}

/** Commands that leave no process behind, so that a session in which they are typed ends at once. */
export const SHORT_COMMANDS: readonly string[] = [
  "/usr/bin/true",
  "/usr/sbin/softwareupdate --list",
  `/usr/bin/curl --user admin:${TYPED_SECRETS[0]} https://example.com`,
  `/usr/sbin/sysadminctl -password ${TYPED_SECRETS[1]}`,
];

/** What ignores a HUP and runs on. */
export const LASTING_COMMANDS: readonly string[] = [
  "nohup /bin/sleep 9999",
  `nohup /usr/local/bin/sync --password=${TYPED_SECRETS[1]}`,
];

const COMMANDS: readonly string[] = [
  ...SHORT_COMMANDS,
  ...LASTING_COMMANDS,
  "-s",
  "/usr/sbin/installer -pkg /tmp/tool.pkg -target /",
];

/** The word by which a command is known in the log: a shell is logged by its own name. */
export function programOf(command: string): string {
  const [program = ""] = command.split(" ").filter((word) => word !== "nohup");
  return program === "-s" ? "/bin/zsh" : program;
}

/** Whoever may types a sudo command; others try to. */
export function sudo(world: SimWorld, random: Random): void {
  for (const side of world.macs) if (random.chance(0.5)) typeCommand(side, random);
}

/** Whoever is at the console types a sudo command; what has to be in a session's log is noted. */
export function typeCommand(side: MacSide, random: Random, from: readonly string[] = COMMANDS): void {
  const { mac, commands } = side;
  const { atConsole } = mac.condition();
  if (atConsole === undefined) return;
  const command = random.pick(from);
  const session = sessionOnDisk(mac);
  const isLogged = session?.phase === "active" && mac.isDropInThere();
  const { allowed } = mac.sudo(atConsole, command);
  const program = programOf(command);
  side.typed.set(program, (side.typed.get(program) ?? 0) + 1);
  const intruder = [...side.intruders.values()].find(({ account }) => account.username === atConsole);
  const isOwn = session?.person.generatedUid === intruder?.account.generatedUid;
  if (!allowed || !isLogged || session === undefined || intruder === undefined || !isOwn) return;
  commands.set(session.requestId, [...(commands.get(session.requestId) ?? []), command]);
}

/** What people end by themselves once everything works again; the rest runs to its own end. */
export type PeopleEnd = "all" | "long_sessions" | "nothing";

const LONG_MINUTES = 10;
/** What it takes to press Deny, to see the dialog and to send it. */
const DIALOG_MS = 3_000;
const DIALOGS_MAX = 6;

/** What people do once everything works again: they answer about a wiped Mac and a session that nobody can prove. */
export function heal(world: SimWorld, ends: PeopleEnd): void {
  const { id } = PEOPLE.carla;
  const { clock } = world;
  const submit = () => {
    if (world.slack.dialogOf(id) !== undefined) void world.slack.submitView(id, "").catch(() => undefined);
  };
  submit();
  let dialogs = 0;
  for (const post of world.slack.cards()) {
    const request = world.durable.requests.get(keyOfPost(post).split(":")[0] ?? "")?.request;
    const isLong = request?.status === "active" && request.approval.minutes >= LONG_MINUTES;
    const isEnded = ends === "all" || (ends === "long_sessions" && isLong);
    const labels = isEnded ? /^(Allow|Close|Revoke|Deny|Cancel)/ : /^(Allow|Close)/;
    const button = buttonsOf(post.content).find(({ label }) => labels.test(label));
    if (button === undefined) continue;
    const press = () => void world.slack.click(id, post.ts, button.actionId).catch(() => undefined);
    if (!button.label.startsWith("Deny")) {
      press();
      continue;
    }
    if (dialogs === DIALOGS_MAX) continue;
    // One dialog after the other: nobody has two open.
    const at = clock.now() + dialogs * DIALOG_MS;
    clock.at(at, press);
    clock.at(at + DIALOG_MS / 2, submit);
    dialogs += 1;
  }
}
