import type { SlackSnapshot } from "../slack/snapshot.ts";
import type { CheckName } from "./check-names.ts";
import type { SimWorld } from "./sim-world.ts";

/** Law L12 over everything that was written where people or programs read it. */
export function checkSecrets(world: SimWorld): void {
  const { book, secrets, slack, durable } = world;
  const seen = slack.snapshot();
  const stored = [...durable.history, ...secrets.written].join("\n");
  const logged = [...secrets.lines, ...secrets.values].join("\n");
  const texts: readonly (readonly [CheckName, string])[] = [
    ["no secret in Slack", JSON.stringify(seen)],
    ["no secret in the store", stored],
    ["no secret in the service's log", logged],
  ];
  for (const [name, text] of texts) {
    const found = [...secrets.known].filter((secret) => text.includes(secret));
    book.check("L12", name, found.length === 0, () => ({ text: found.join(", ") }));
  }
  const open = [JSON.stringify(withoutPrivates(seen)), stored, logged];
  for (const [pin, serial] of secrets.pins) {
    const pattern = patternOf(pin);
    const isOpen = open.some((text) => pattern.test(text));
    const strangers = seen.people
      .filter(({ privates }) => pattern.test(JSON.stringify(privates)))
      .filter(({ id }) => !hasLocked(world, serial, id))
      .map(({ name }) => name);
    const isKept = !isOpen && strangers.length === 0;
    book.check("L12", "an unlock PIN is shown to nobody but who locked the Mac", isKept, () => ({
      text: `${pin} ${isOpen ? "stands open" : `was shown to ${strangers.join(", ")}`}`,
      serial,
    }));
  }
}

/** Six digits stand in time stamps and ids as well: only those that stand alone are a PIN. */
function patternOf(pin: string): RegExp {
  return new RegExp(`(?<![\\w.:-])${pin}(?![\\w.-]*\\d)`);
}

function hasLocked({ durable }: SimWorld, serial: string, userId: string): boolean {
  return [...durable.requests.values()].some(({ request }) => {
    const by = "ending" in request ? request.ending.lock?.by : undefined;
    return request.ask.serial === serial && by?.kind === "slack" && by.userId === userId;
  });
}

function withoutPrivates(seen: SlackSnapshot): unknown {
  return { ...seen, people: seen.people.map((person) => ({ ...person, privates: [] })) };
}
