import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { after, describe, test } from "node:test";
import { elevationTag } from "../../src/core/tags.ts";
import { mdmContract } from "../../src/ports/contract/mdm.contract.ts";
import { createIruWorkbench, type IruWorkbench } from "../../src/world/iru/mdm-harness.ts";
import { strictDescription } from "../../src/world/iru/overlay.ts";
import { serveHandler } from "../../src/world/iru/serve.ts";
import type { FakeIru } from "../../src/world/iru/fake-iru.ts";
import { startPrism } from "./prism.ts";

/** The vendor's description is read in place; it is not part of this repository. */
const DESCRIPTION =
  process.env["IRU_OPENAPI"] ?? fileURLToPath(new URL("../../../shared/iru-openapi.json", import.meta.url));

if (existsSync(DESCRIPTION)) await contractThroughPrism();
else test("Iru contract through Prism", { skip: "../shared/iru-openapi.json is absent" }, () => undefined);

/** Our client's requests and our tenant's answers, both checked against the vendor's description. */
async function contractThroughPrism(): Promise<void> {
  const broken: string[] = [];
  let exchanges = 0;
  let tenant: FakeIru | undefined;
  const upstream = await serveHandler((request) => {
    if (tenant === undefined) throw new Error("no tenant");
    return tenant.handle(request);
  });
  const vendor: unknown = JSON.parse(readFileSync(DESCRIPTION, "utf8"));
  const prism = await startPrism(strictDescription(vendor), upstream.url);
  after(async () => {
    await prism.stop();
    await upstream.close();
  });

  /** Prism says what breaks the description in a problem of its own; a broken connection is none of that. */
  async function watchedFetch(url: string, init: RequestInit): Promise<Response> {
    const response = await fetch(url, init);
    exchanges += 1;
    if (!(response.headers.get("content-type") ?? "").includes("problem+json")) return response;
    const text = await response.clone().text();
    if (!text.includes('"type":"FetchError"')) broken.push(text);
    return response;
  }

  async function bench(): Promise<IruWorkbench> {
    return createIruWorkbench({
      reach: async (iru) => {
        tenant = iru;
        return { baseUrl: prism.url, fetch: watchedFetch, close: async () => undefined };
      },
    });
  }

  async function ask(method: string, path: string, body?: unknown, token = true): Promise<Response> {
    return fetch(`${prism.url}${path}`, {
      method,
      headers: {
        ...(token ? { authorization: "Bearer iru-token-of-the-world" } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  mdmContract("Iru, through Prism and the vendor's description", bench);

  describe("Iru through Prism", () => {
    test("nothing that went back and forth broke the description", () => {
      assert.deepEqual(broken, []);
      assert.ok(exchanges > 60, `${exchanges} exchanges were checked`);
    });

    test("what the client never asks for, but the tenant answers, is as described too", async () => {
      const { addMac, iru } = await bench();
      const deviceId = addMac({ serial: "C02FALCON001", tags: [elevationTag(10)] });
      const ok = async (status: number, asked: Promise<Response>): Promise<void> => {
        const response = await asked;
        assert.equal(response.status, status, await response.text());
      };
      await ok(200, ask("GET", "/api/v1/tags?search=temp"));
      await ok(201, ask("POST", "/api/v1/tags", { name: "fresh" }));
      await ok(400, ask("POST", "/api/v1/tags", { name: "fresh" }));
      await ok(200, ask("GET", `/api/v1/devices/${deviceId}/library-items`));
      await iru.delivery.runOn("C02FALCON001");
      await ok(200, ask("GET", `/api/v1/devices/${deviceId}/library-items`));
    });

    for (const [what, method, path, body] of [
      ["a misspelt property in a tag write", "PATCH", "", { tag: ["zebra"] }],
      ["a property besides the tags", "PATCH", "", { tags: [], name: "x" }],
      ["tags that are no list", "PATCH", "", { tags: "zebra" }],
      ["tags that are no names", "PATCH", "", { tags: [{ name: "zebra" }] }],
      ["a misspelt property in a lock", "POST", "/action/lock", { message: "Locked" }],
      ["a page of more than 300 commands", "GET", "/commands?limit=301", undefined],
    ] as const) {
      test(`the check bites: ${what} is refused before it reaches the tenant`, async () => {
        const { addMac, tagsOf, iru } = await bench();
        const deviceId = addMac({ serial: "C02FALCON001", tags: ["zebra"] });
        const response = await ask(method, `/api/v1/devices/${deviceId}${path}`, body);
        assert.equal(response.status, 422, await response.text());
        assert.deepEqual([tagsOf(deviceId), iru.received.length], [["zebra"], 0]);
      });
    }

    test("the check bites: a device list without its limit is refused", async () => {
      await bench();
      assert.equal((await ask("GET", "/api/v1/devices?serial_number=C02FALCON001")).status, 422);
      assert.equal((await ask("GET", "/api/v1/devices?limit=300")).status, 200);
    });

    test("the check bites: no call goes without authorisation", async () => {
      await bench();
      assert.equal((await ask("GET", "/api/v1/tags", undefined, false)).status, 401);
      assert.equal((await ask("GET", "/api/v1/no-such-thing")).status, 404);
    });

    for (const [what, change] of [
      ["a wrong type", { device_id: 7 }],
      ["a field that the vendor does not have", { tag_list: [] }],
      ["a missing field", { tags: undefined }],
      ["an owner of another shape", { user: "Anna" }],
    ] as const) {
      test(`the check bites: ${what} in the tenant's answer is a violation`, async () => {
        const { addMac, iru, mdm } = await bench();
        const deviceId = addMac({ serial: "C02FALCON001", tags: ["zebra"] });
        const device: unknown = await (await ask("GET", `/api/v1/devices/${deviceId}`)).json();
        const wrong = JSON.stringify({ ...(device as object), ...change });
        iru.failNext({ kind: "status", status: 200, body: wrong });
        const response = await ask("GET", `/api/v1/devices/${deviceId}`);
        assert.equal(response.status, 500);
        assert.match(await response.text(), /VIOLATIONS/);
        iru.failNext({ kind: "status", status: 200, body: `[${wrong}]`, times: 3 });
        await assert.rejects(mdm.findMac("C02FALCON001"), { name: "RetryableError", message: /500/ });
      });
    }
  });
}
