import type { Migration } from "../migrate.ts";

/** A root message that Slack refused is tried again, so it is work like any other that is behind. */
export const cardsAreTriedAgain: Migration = {
  number: 3,
  name: "cards are tried again",
  sql: `
DROP INDEX requests_behind;
ALTER TABLE requests DROP COLUMN card_failed;
ALTER TABLE cards DROP COLUMN failed;
CREATE INDEX requests_behind ON requests (changed_at, id) WHERE rendered_version < version;
`,
};
