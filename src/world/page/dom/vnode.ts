/** A node of the page as data. Strings become text nodes and are never read as HTML. */
export type VNode = VElement | string;

/** What a child may be while it is written down; nothing is shown for the empty ones. */
export type Child = VNode | undefined | false | readonly Child[];

export type Handlers = {
  readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void;
};

export interface VElement {
  readonly tag: string;
  /** Equal keys among siblings keep one DOM node, and with it focus, caret and scroll position. */
  readonly key: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly on: Handlers;
  readonly onCreate: ((element: HTMLElement) => void) | undefined;
  readonly children: readonly VNode[];
}

export interface Properties {
  readonly key?: string | undefined;
  readonly on?: Handlers;
  /** Called once, after the element and its children stand in the page. */
  readonly onCreate?: (element: HTMLElement) => void;
  /** Any other is an attribute: true stands without a value; false and undefined leave it out. */
  readonly [attribute: string]: unknown;
}

/** One element: its tag, its properties and its children. */
export function h(tag: string, properties: Properties, ...children: readonly Child[]): VElement {
  const { key, on = {}, onCreate, ...rest } = properties;
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === true) attributes[name] = "";
    else if (typeof value === "string" || typeof value === "number") attributes[name] = String(value);
  }
  return { tag, key, attributes, on, onCreate, children: flat(children) };
}

function flat(children: readonly Child[]): VNode[] {
  return children.flatMap((child): VNode[] => {
    if (child === undefined || child === false || child === "") return [];
    return isList(child) ? flat(child) : [child];
  });
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child);
}

/** All text in a node, as a reader sees it. */
export function textOf(node: VNode): string {
  return typeof node === "string" ? node : node.children.map(textOf).join("");
}
