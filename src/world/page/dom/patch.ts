import type { VElement, VNode } from "./vnode.ts";

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "rect", "line", "polyline"]);

/** What each DOM node was last made from. */
const shown = new WeakMap<Node, VNode>();
/** What to do with new elements once they stand in the page. */
let creations: (() => void)[] = [];

/**
 * Makes the children of `parent` show `nodes`, touching only what differs. Nodes stay where they are unless their
 * order changed, so that focus, caret, selection and scroll positions survive.
 */
function patchChildren(parent: Element, nodes: readonly VNode[]): void {
  const olds = [...parent.childNodes];
  const pairs = pairUp(olds, nodes);
  const kept = new Set(pairs.map((pair) => pair.old));
  for (const old of olds) if (!kept.has(old)) takeAway(old);
  let place = parent.firstChild;
  for (const { node, old } of pairs) {
    if (old === undefined) {
      insert(parent, node, place);
      continue;
    }
    if (old === place) place = place.nextSibling;
    else parent.insertBefore(old, place);
    update(old, node);
  }
}

function takeAway(node: ChildNode): void {
  // A dialog that is closed gives the focus back to where it came from; one that merely vanishes does not.
  if (node instanceof HTMLDialogElement) node.close();
  node.remove();
}

interface Pair {
  readonly node: VNode;
  readonly old: ChildNode | undefined;
}

/** For each new node the DOM node that goes on as it: the one with its key, else the next of its kind. */
function pairUp(olds: readonly ChildNode[], nodes: readonly VNode[]): Pair[] {
  const free = new Map<string, ChildNode[]>();
  for (const old of olds) {
    const node = shown.get(old);
    if (node === undefined) continue;
    const list = free.get(identity(node));
    if (list === undefined) free.set(identity(node), [old]);
    else list.push(old);
  }
  return nodes.map((node) => ({ node, old: free.get(identity(node))?.shift() }));
}

function identity(node: VNode): string {
  return typeof node === "string" ? "text" : `${node.tag} ${node.key ?? ""}`;
}

function insert(parent: Element, node: VNode, place: ChildNode | null): void {
  if (typeof node === "string") {
    const text = document.createTextNode(node);
    shown.set(text, node);
    parent.insertBefore(text, place);
    return;
  }
  const element = SVG_TAGS.has(node.tag)
    ? document.createElementNS(SVG, node.tag)
    : document.createElement(node.tag);
  shown.set(element, node);
  for (const [name, value] of Object.entries(node.attributes)) element.setAttribute(name, value);
  for (const name of Object.keys(node.on)) listen(element, name);
  for (const child of node.children) insert(element, child, null);
  parent.insertBefore(element, place);
  const { onCreate } = node;
  if (onCreate !== undefined) creations.push(() => onCreate(element as HTMLElement));
}

function update(old: ChildNode, node: VNode): void {
  const before = shown.get(old);
  if (before === node) return;
  shown.set(old, node);
  if (typeof node === "string") {
    if (before !== node) old.nodeValue = node;
    return;
  }
  const element = old as Element;
  const { attributes, on } = before as VElement;
  for (const name of Object.keys(attributes)) {
    if (!(name in node.attributes)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(node.attributes)) {
    if (attributes[name] !== value) element.setAttribute(name, value);
  }
  for (const name of Object.keys(node.on)) if (!(name in on)) listen(element, name);
  patchChildren(element, node.children);
}

/** One listener a kind of event for the life of the element; it calls whatever handler is shown now. */
function listen(element: Element, name: string): void {
  element.addEventListener(name, (event) => {
    const node = shown.get(element) as VElement | undefined;
    const handler = (node?.on as Record<string, ((event: Event) => void) | undefined> | undefined)?.[name];
    handler?.(event);
  });
}

/**
 * Shows `nodes` in `root`. Boxes marked `data-stick` that stood at their end stay there when they grow; when the
 * focused element goes away, the focus moves to the nearest box around it that can take it.
 */
export function render(root: Element, nodes: readonly VNode[]): void {
  const sticky = [...root.querySelectorAll<HTMLElement>("[data-stick]")].filter(isAtEnd);
  const homes = homesOf(document.activeElement);
  patchChildren(root, nodes);
  const created = creations;
  creations = [];
  for (const create of created) create();
  for (const box of sticky) if (!isAtEnd(box)) box.scrollTop = box.scrollHeight;
  const focused = document.activeElement;
  if (homes.length > 0 && (focused === null || focused === document.body)) {
    homes.find((home) => home.isConnected)?.focus({ preventScroll: true });
  }
}

const NEARLY_PX = 24;

function isAtEnd(box: HTMLElement): boolean {
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEARLY_PX;
}

function homesOf(focused: Element | null): HTMLElement[] {
  const homes: HTMLElement[] = [];
  for (let at = focused?.parentElement ?? null; at !== null; at = at.parentElement) {
    if (at.matches("[tabindex]")) homes.push(at);
  }
  return homes;
}
