import { hash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { startCheckpoints, writerOf } from "../../src/adapters/sqlite/checkpoints.ts";
import { openDatabase } from "../../src/adapters/sqlite/open-database.ts";
import { parseInteraction } from "../../src/adapters/slack/parse.ts";
import { verifySlackSignature } from "../../src/adapters/slack/verify.ts";
import { idempotencyKey, logBody, requestBody, statusQuery } from "../../src/wire/device.ts";
import { SIGNING_SECRET } from "./cast.ts";
import { answerParent } from "./child.ts";
import { answerStatus, takeApproval, takeLog, takeRequest } from "./rival-calls.ts";
import { createRivalGroup, prepareRival } from "./rival-store.ts";
import { SILENT } from "./silent-log.ts";

/**
 * What Hallpass is measured against: a bare `node:http` server on SQLite. `bare` checks nothing; `checked` checks
 * the Mac's key and Slack's signature and every field, with Hallpass's own schemas, and that the serial is the key's.
 */

const [file = "", kind] = process.argv.slice(2);
const isChecked = kind === "checked";
const database = openDatabase(file);
const sql = prepareRival(database);
// Copied into the data file by a thread, as Hallpass does it, and not within a COMMIT.
const checkpoints = startCheckpoints(
  writerOf(database, file, (work) => work()),
  SILENT,
);
const group = createRivalGroup(database, checkpoints.stored);
const rival = { sql, group };

function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => resolve(pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)));
  });
}

/** The serial that the key in the header belongs to. */
function serialOfKey(request: IncomingMessage): string {
  const key = request.headers["x-api-key"];
  const row = sql.findMac.get(hash("sha256", String(key), "hex"));
  if (row === undefined) throw new Error("the key is not known");
  return (JSON.parse(String(row["value"])) as { serial: string }).serial;
}

function check<T extends z.ZodType<{ serial: string }>>(
  request: IncomingMessage,
  schema: T,
  value: unknown,
): z.output<T> {
  if (!isChecked) return value as z.output<T>;
  const serial = serialOfKey(request);
  const parsed = schema.parse(value);
  if (parsed.serial !== serial) throw new Error("the serial is another Mac's");
  return parsed;
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

async function click(request: IncomingMessage, body: Buffer): Promise<void> {
  if (!isChecked) {
    const payload = JSON.parse(new URLSearchParams(body.toString()).get("payload") ?? "") as {
      user: { id: string };
      actions: [{ value: string; action_id: string; action_ts: string }];
    };
    const { value, action_id, action_ts } = payload.actions[0];
    const actId = `slack-click:${payload.user.id}:${action_id}:${action_ts}`;
    return takeApproval(rival, value, payload.user.id, actId);
  }
  const verdict = verifySlackSignature({
    timestamp: String(request.headers["x-slack-request-timestamp"]),
    signature: String(request.headers["x-slack-signature"]),
    rawBody: body,
    now: Date.now(),
    signingSecrets: [SIGNING_SECRET],
  });
  if (!verdict.ok) throw new Error(verdict.why);
  const inbound = parseInteraction(body.toString());
  if (inbound.kind !== "act" || inbound.act.act !== "approve") throw new Error("not an approval");
  return takeApproval(rival, inbound.act.requestId, inbound.act.userId, inbound.act.actId);
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { url = "" } = request;
  if (url.startsWith("/status?")) {
    const query = Object.fromEntries(new URLSearchParams(url.slice("/status?".length)));
    answer(response, 200, answerStatus(rival, check(request, statusQuery, query).requestId));
    return;
  }
  const body = await readBody(request);
  if (url === "/slack/actions") {
    await click(request, body);
    response.writeHead(200, { "content-length": 0 });
    response.end();
    return;
  }
  const value: unknown = JSON.parse(body.toString());
  if (url === "/log") return answer(response, 200, await takeLog(rival, check(request, logBody, value)));
  const key = String(request.headers["idempotency-key"]);
  if (isChecked) idempotencyKey.parse(key);
  answer(response, 201, await takeRequest(rival, check(request, requestBody, value), key));
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => answer(response, 500, { error: String(error) }));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

answerParent(
  {
    port: () => (server.address() as AddressInfo).port,
    cpuMicros: () => process.cpuUsage().user + process.cpuUsage().system,
    async quiet() {
      while (!group.isIdle()) await sleep(10);
      return true;
    },
  },
  () => void checkpoints.end().then(() => process.exit(0)),
);
