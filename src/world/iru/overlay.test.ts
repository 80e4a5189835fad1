import assert from "node:assert/strict";
import { test } from "node:test";
import { strictDescription } from "./overlay.ts";

const answer = (example: unknown) => ({ content: { "application/json": { schema: { example } } } });
const body = (properties: object) => ({
  content: { "application/json": { schema: { type: "object", properties } } },
});

/** A description with the operations that the overlay builds on, as bare as it may be. */
function bareDescription() {
  const device = { device_id: "d", serial_number: "S", user: "", tags: [], mdm_enabled: true };
  const page = { count: 1, next: null, previous: null, results: [{ id: "i", name: "n" }] };
  return {
    paths: {
      "/api/v1/devices": { get: { parameters: [{ name: "limit" }], responses: {} } },
      "/api/v1/devices/{device_id}": {
        get: { responses: {} },
        patch: { requestBody: body({ tags: {} }), responses: { "200": answer(device) } },
      },
      "/api/v1/devices/{device_id}/commands": {
        get: { responses: { "200": answer({ device_id: "d", commands: page }) } },
      },
      "/api/v1/devices/{device_id}/action/lock": {
        post: { requestBody: body({ Message: {} }), responses: { "200": answer({ PIN: "1" }) } },
      },
      "/api/v1/devices/{device_id}/secrets/unlockpin": {
        get: { responses: { "200": answer({ pin: "1" }) } },
      },
      "/api/v1/devices/{device_id}/library-items": {
        get: { responses: { "200": answer({ library_items: [{ item_id: "i", edr_status: {} }] }) } },
      },
      "/api/v1/tags": {
        get: { responses: { "200": answer(page) } },
        post: { requestBody: body({ name: {} }), responses: { "201": answer({ id: "i", name: "n" }) } },
      },
    },
  };
}

/** The value at a path of keys. */
function at(root: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => Reflect.get(value as object, key), root);
}

test("request bodies take no unknown field, pages are bounded, and the given description is left alone", () => {
  const bare = bareDescription();
  const strict = strictDescription(bare);
  const devicePath = "/api/v1/devices/{device_id}";
  const json = ["content", "application/json", "schema"];
  assert.equal(
    at(strict, "paths", devicePath, "patch", "requestBody", ...json, "additionalProperties"),
    false,
  );
  const [limit] = at(strict, "paths", "/api/v1/devices", "get", "parameters") as [unknown];
  const pattern = new RegExp(String(at(limit, "schema", "pattern")));
  assert.deepEqual(
    ["0", "1", "99", "299", "300", "301", "1000"].map((text) => pattern.test(text)),
    [false, true, true, true, true, false, false],
  );
  assert.deepEqual(bare, bareDescription());
});

test("an answer must have each field of its example, of the same type, and no others", () => {
  const strict = strictDescription(bareDescription());
  const responses = at(strict, "paths", "/api/v1/devices/{device_id}", "get", "responses");
  const schema = at(responses, "200", "content", "application/json", "schema");
  assert.deepEqual(at(schema, "required"), ["device_id", "serial_number", "user", "tags", "mdm_enabled"]);
  assert.equal(at(schema, "additionalProperties"), false);
  assert.deepEqual(at(schema, "properties", "mdm_enabled"), { type: "boolean" });
  assert.deepEqual(at(schema, "properties", "tags"), { type: "array", items: { type: "string" } });
  assert.deepEqual(Object.keys(responses as object), ["200", "429", "5XX"]);
});

test("a description that lacks what is built on is refused by the name of the place", () => {
  const { "/api/v1/tags": _, ...paths } = bareDescription().paths;
  assert.throws(() => strictDescription({ paths }), /no paths > \/api\/v1\/tags > get/);
  assert.throws(() => strictDescription({}), /no paths/);
  const broken = bareDescription();
  broken.paths["/api/v1/devices/{device_id}"].patch.responses["200"] = answer(undefined);
  assert.throws(
    () => strictDescription(broken),
    /no example of the answer to patch|no example of the answer to get/,
  );
});
