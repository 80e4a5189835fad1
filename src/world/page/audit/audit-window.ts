import { shortId } from "../../../core/ids.ts";
import type { DemoAuditEntry, DemoChain } from "../../demo/snapshot.ts";
import { emptyView } from "../desk/empty.ts";
import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import { isOpen, type View } from "../state.ts";
import { absoluteTime, clockTime, relativeTime, timeElement } from "../text/times.ts";

/** The audit window: every entry, each chained to the one before it, and whether the chains hold. */
export function auditWindow(view: View): VElement {
  const { entries, chains } = view.snapshot.audit;
  return h(
    "section",
    { key: "audit", class: "window window-audit", id: "window-audit", "aria-label": "Audit trail" },
    h("header", { class: "window-head" }, icon("chain"), h("h2", {}, "Audit trail"), verdictView(chains)),
    h(
      "div",
      {
        class: "entries",
        "data-stick": true,
        tabindex: "0",
        role: "log",
        "aria-relevant": "additions",
        "aria-label": "Entries",
        onCreate: (box) => (box.scrollTop = box.scrollHeight),
      },
      entries.length === 0
        ? emptyView("chain", "Nothing has happened yet", "Every act is written down here, chained by hash.")
        : h(
            "ol",
            { class: "entry-list" },
            entries.map((entry) => entryView(view, entry, faultyFrom(chains, entry))),
          ),
    ),
  );
}

function verdictView(chains: readonly DemoChain[]): VElement {
  const broken = chains.find((chain) => chain.fault !== undefined);
  if (broken?.fault !== undefined) {
    const { seq, problem } = broken.fault;
    return h(
      "span",
      { key: "verdict", class: "verdict verdict-broken", role: "status" },
      icon("broken"),
      `Entry ${seq} of ${streamName(broken.stream)} is ${problem}`,
    );
  }
  const lines = chains.reduce((sum, chain) => sum + chain.lines, 0);
  return h(
    "span",
    {
      key: "verdict",
      class: lines === 0 ? "verdict verdict-none" : "verdict",
      title: "Each entry's hash covers its text and the hash before it; all were computed anew just now.",
    },
    icon("chain"),
    lines === 0 ? "No entries" : `${lines} verified`,
  );
}

function faultyFrom(chains: readonly DemoChain[], entry: DemoAuditEntry): boolean {
  const fault = chains.find((chain) => chain.stream === entry.stream)?.fault;
  return fault !== undefined && entry.seq >= fault.seq;
}

function entryView(view: View, entry: DemoAuditEntry, isFaulty: boolean): VElement {
  const name = `entry:${entry.stream}:${entry.seq}`;
  const open = isOpen(view.state, name, false);
  return h(
    "li",
    { key: name, class: isFaulty ? "entry entry-faulty" : "entry" },
    h(
      "button",
      {
        type: "button",
        class: "entry-head",
        "aria-expanded": open ? "true" : "false",
        title: absoluteTime(entry.at),
        on: { click: () => view.fold(name, !open) },
      },
      h("span", { class: "entry-knot" }),
      h(
        "span",
        { class: "entry-words" },
        h("span", { class: "entry-text" }, entry.text),
        h(
          "span",
          { class: "entry-by" },
          h("span", { class: "entry-actor" }, entry.actor),
          timeElement(entry.at, relativeTime(entry.at, view.now)),
          h("code", { class: "entry-hash" }, entry.hash.slice(0, 8)),
        ),
      ),
      icon("more"),
    ),
    open && detailsView(entry),
  );
}

function detailsView(entry: DemoAuditEntry): VElement {
  const rows: readonly (readonly [string, string])[] = [
    ["Entry", `${entry.seq} of ${streamName(entry.stream)}`],
    ["Time", clockTime(entry.at)],
    ["Event", entry.type],
    ["Hash", entry.hash],
    ["Before", entry.previousHash],
  ];
  return h(
    "div",
    { class: "entry-details" },
    h(
      "dl",
      {},
      rows.flatMap(([label, value]) => [
        h("dt", {}, label),
        h("dd", label === "Hash" || label === "Before" ? { class: "hash" } : {}, value),
      ]),
    ),
    h(
      "pre",
      { class: "entry-data", tabindex: "0", "aria-label": "Data" },
      JSON.stringify(entry.data, null, 2),
    ),
  );
}

/** A request by the id that people type, a Mac by its serial. */
function streamName(stream: string): string {
  return stream.startsWith("mac:") ? `Mac ${stream.slice(4)}` : `request ${shortId(stream)}`;
}
