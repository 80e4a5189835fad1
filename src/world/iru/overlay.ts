// What the vendor's API description leaves open, for the operations that Hallpass uses. The vendor's text is never
// copied: shapes of answers are derived, when this runs, from the examples in the description at hand.

type JsonObject = Record<string, unknown>;

/** How an answer's shape differs from what its example alone says. Paths are field names, list levels left out. */
interface Correction {
  /** Fields whose schema is not the example's. */
  readonly fields?: Readonly<Record<string, JsonObject>>;
  /** Fields that may be absent. */
  readonly optional?: readonly string[];
}

/** An operation that Hallpass uses. */
interface Operation {
  readonly path: string;
  readonly method: "get" | "patch" | "post";
  /** The status of success; its answer looks like `exampleOf` (default: this operation's own). */
  readonly status: "200" | "201";
  readonly exampleOf?: { readonly path: string; readonly method: string; readonly list: boolean };
  readonly correction?: Correction;
}

const TEXT_OR_NULL = { type: "string", nullable: true };
const UUID = { type: "string", format: "uuid" };
const TIME = { type: "string", format: "date-time" };
const TIME_OR_NULL = { ...TIME, nullable: true };

const DEVICE_PATH = "/api/v1/devices/{device_id}";

const DEVICE: Correction = {
  fields: {
    device_id: UUID,
    blueprint_id: UUID,
    last_check_in: TIME,
    asset_tag: TEXT_OR_NULL,
    user: {
      anyOf: [
        { type: "string", enum: [""] },
        {
          type: "object",
          required: ["email", "name", "id"],
          properties: {
            email: { type: "string", format: "email" },
            name: { type: "string" },
            id: { type: "string" },
            is_archived: { type: "boolean" },
          },
          additionalProperties: false,
        },
      ],
    },
    tags: { type: "array", items: { type: "string" } },
  },
};

const LISTING = { next: TEXT_OR_NULL, previous: TEXT_OR_NULL };

const DEVICE_EXAMPLE = { path: DEVICE_PATH, method: "patch", list: false };

const OPERATIONS: readonly Operation[] = [
  {
    path: "/api/v1/devices",
    method: "get",
    status: "200",
    exampleOf: { ...DEVICE_EXAMPLE, list: true },
    correction: DEVICE,
  },
  { path: DEVICE_PATH, method: "get", status: "200", exampleOf: DEVICE_EXAMPLE, correction: DEVICE },
  { path: DEVICE_PATH, method: "patch", status: "200", correction: DEVICE },
  {
    path: `${DEVICE_PATH}/commands`,
    method: "get",
    status: "200",
    correction: {
      fields: {
        "commands.next": TEXT_OR_NULL,
        "commands.previous": TEXT_OR_NULL,
        "commands.results.uuid": UUID,
        "commands.results.date_requested": TIME,
        "commands.results.date_completed": TIME_OR_NULL,
        "commands.results.last_pushed": TIME_OR_NULL,
      },
    },
  },
  { path: `${DEVICE_PATH}/action/lock`, method: "post", status: "200" },
  { path: `${DEVICE_PATH}/secrets/unlockpin`, method: "get", status: "200" },
  {
    path: `${DEVICE_PATH}/library-items`,
    method: "get",
    status: "200",
    correction: {
      fields: { "library_items.item_id": UUID },
      optional: ["library_items.edr_status"],
    },
  },
  { path: "/api/v1/tags", method: "get", status: "200", correction: { fields: LISTING } },
  { path: "/api/v1/tags", method: "post", status: "201" },
];

/**
 * The vendor's API description made strict for the operations that Hallpass uses: no unknown field in any request
 * body, pages of 300 at most, every answer complete and of the right types, and 429 and 5xx allowed. The given
 * description is left as it is. Throws an Error that names the place when it lacks what is built on.
 */
export function strictDescription(vendor: unknown): JsonObject {
  const description = structuredClone(vendor) as JsonObject;
  for (const item of Object.values(objectAt(description, "paths"))) closeRequestBodies(item as JsonObject);
  const answers = OPERATIONS.map((operation) => answerSchema(description, operation));
  for (const [index, { path, method, status }] of OPERATIONS.entries()) {
    const operation = objectAt(description, "paths", path, method);
    operation["responses"] = {
      ...objectAt(operation, "responses"),
      [status]: { description: "Success", content: { "application/json": { schema: answers[index] } } },
      "429": { description: "Too many calls" },
      "5XX": { description: "Trouble at the server" },
    };
    boundLimit(operation);
  }
  return description;
}

function closeRequestBodies(item: JsonObject): void {
  for (const operation of Object.values(item)) {
    const content = optionalAt(operation, "requestBody", "content") ?? {};
    for (const media of Object.values(content)) {
      const schema = optionalAt(media, "schema");
      if (schema?.["properties"] !== undefined) schema["additionalProperties"] = false;
    }
  }
}

function boundLimit(operation: JsonObject): void {
  const parameters = (operation["parameters"] ?? []) as readonly JsonObject[];
  for (const parameter of parameters) {
    if (parameter["name"] !== "limit") continue;
    parameter["schema"] = { type: "string", pattern: "^([1-9][0-9]?|[12][0-9]{2}|300)$" };
  }
}

function answerSchema(description: JsonObject, operation: Operation): JsonObject {
  const { path, method, list } = operation.exampleOf ?? { ...operation, list: false };
  const responses = objectAt(description, "paths", path, method, "responses");
  const status = operation.exampleOf === undefined ? operation.status : "200";
  const media = objectAt(responses, status, "content", "application/json");
  const example = media["example"] ?? optionalAt(media, "schema")?.["example"];
  if (example === undefined) throw new Error(`no example of the answer to ${method} ${path}`);
  const schema = schemaOf(example, operation.correction ?? {}, "");
  return list ? { type: "array", maxItems: 300, items: schema } : schema;
}

/** The strictest schema that an example supports: all fields there, of these types, and no others. */
function schemaOf(example: unknown, correction: Correction, path: string): JsonObject {
  const corrected = correction.fields?.[path];
  if (corrected !== undefined) return corrected;
  if (example === null) return { nullable: true };
  if (Array.isArray(example)) {
    const first: unknown = example[0];
    return { type: "array", items: first === undefined ? {} : schemaOf(first, correction, path) };
  }
  if (typeof example === "object") return objectSchemaOf(example as JsonObject, correction, path);
  return { type: Number.isInteger(example) ? "integer" : typeof example };
}

function objectSchemaOf(example: JsonObject, correction: Correction, path: string): JsonObject {
  const names = Object.keys(example);
  if (names.length === 0) return { type: "object" };
  const pathOf = (name: string) => (path === "" ? name : `${path}.${name}`);
  return {
    type: "object",
    required: names.filter((name) => !(correction.optional ?? []).includes(pathOf(name))),
    properties: Object.fromEntries(
      names.map((name) => [name, schemaOf(example[name], correction, pathOf(name))]),
    ),
    additionalProperties: false,
  };
}

function objectAt(root: unknown, ...path: readonly string[]): JsonObject {
  const found = optionalAt(root, ...path);
  if (found === undefined) throw new Error(`the API description has no ${path.join(" > ")}`);
  return found;
}

function optionalAt(root: unknown, ...path: readonly string[]): JsonObject | undefined {
  let at: unknown = root;
  for (const name of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as JsonObject)[name];
  }
  return typeof at === "object" && at !== null ? (at as JsonObject) : undefined;
}
