import type { PlantedBug } from "./planted-bug.ts";

/** Mistakes in what the service shows to people and says of itself. */
export const SHOWN_BUGS: readonly PlantedBug[] = [
  {
    name: "a button too many",
    rule: "L14",
    does: "a session that runs can be cancelled, says its card; the core refuses that",
    file: "src/app/views/card.ts",
    find: 'return [{ action: "revoke" }, { action: "lock" }];',
    replace: 'return [{ action: "revoke" }, { action: "lock" }, { action: "cancel" }];',
    laws: ["L14"],
  },
  {
    name: "a button too few",
    rule: "L14",
    does: "nobody can lock a Mac whose session is ending",
    file: "src/app/views/card.ts",
    find: '...(request.ending.lock === undefined ? [{ action: "lock" } as const] : []),',
    replace: "",
    laws: ["L14"],
  },
  {
    name: "one change not shown",
    rule: "W60",
    does: "the root message is not redrawn when a session begins, and noted as if it were",
    file: "src/app/render-card.ts",
    find: "await chat.updateCard(card.ref, view);",
    replace: 'if (stored.request.status !== "active") await chat.updateCard(card.ref, view);',
    laws: ["L14"],
  },
  {
    name: "a version ahead",
    rule: "L14",
    does: "a posted root message is noted as showing a version that is yet to come",
    file: "src/app/render-card.ts",
    find: "      renderedVersion: stored.version,",
    replace: "      renderedVersion: stored.version + 1,",
    laws: ["L14"],
  },
  {
    name: "history without its beginning",
    rule: "L14",
    does: "the card of what is over leaves out who asked and who decided",
    file: "src/app/render-card.ts",
    find: "await store.readAudit(requestId, 0, AUDIT_LINES_MAX)",
    replace: "await store.readAudit(requestId, 3, AUDIT_LINES_MAX)",
    laws: ["L14"],
  },
];
