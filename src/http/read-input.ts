import type { Context } from "hono";
import type { z } from "zod";
import { BODY_MAX_BYTES } from "../wire/device.ts";
import { badInput, type FieldError, HttpProblem } from "./problem.ts";

const ERRORS_MAX = 20;
/** Keeps nothing from one text to the next. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The raw body; refused with 413 as soon as it is larger than `maxBytes`, whatever its header says. */
export async function readBody(context: Context, maxBytes = BODY_MAX_BYTES): Promise<Uint8Array> {
  const declared = context.req.header("content-length");
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  try {
    // HTTP/1.1 ends a body where its header says, so one of known length may be taken whole, which costs far less.
    const body = declared === undefined ? await readPieces(context, maxBytes) : await readWhole(context);
    if (body.byteLength > maxBytes) throw tooLarge(maxBytes);
    return body;
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    // The caller hung up, or its connection broke: nobody is left to read the answer, and nothing of ours failed.
    throw badInput([{ field: "body", message: "broke off" }]);
  }
}

async function readWhole(context: Context): Promise<Uint8Array> {
  return new Uint8Array(await context.req.raw.arrayBuffer());
}

async function readPieces(context: Context, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of context.req.raw.body ?? []) {
    size += piece.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function tooLarge(maxBytes: number): HttpProblem {
  return new HttpProblem(413, {
    kind: "too_large",
    title: "The body is too large",
    detail: `The body must be at most ${maxBytes / 1024} KiB.`,
    errors: [{ field: "body", message: `must be at most ${maxBytes / 1024} KiB` }],
  });
}

/** The body as a JSON object that fits `schema`; every other body is a 400 that names the fields. */
export async function readJson<T extends z.ZodType>(
  context: Context,
  schema: T,
  maxBytes = BODY_MAX_BYTES,
): Promise<z.output<T>> {
  const bytes = await readBody(context, maxBytes);
  let value: unknown;
  try {
    value = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw badInput([{ field: "body", message: "must be JSON in UTF-8" }]);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badInput([{ field: "body", message: "must be a JSON object" }]);
  }
  return check(schema, value, "body");
}

/** The query as an object that fits `schema`; a name given twice is refused. */
export function readQuery<T extends z.ZodType>(context: Context, schema: T): z.output<T> {
  const query = new URLSearchParams(queryOf(context.req.url));
  const values = new Map<string, string>();
  const twice = new Set<string>();
  for (const [name, value] of query) {
    if (values.has(name)) twice.add(name);
    values.set(name, value);
  }
  if (twice.size > 0) {
    throw badInput([...twice].map((name) => ({ field: fieldName(name), message: "must be given once" })));
  }
  return check(schema, Object.fromEntries(values), "query");
}

/** What stands between `?` and `#`; reading the whole address again would cost as much as checking its fields. */
function queryOf(url: string): string {
  const [beforeFragment = ""] = url.split("#", 1);
  const start = beforeFragment.indexOf("?");
  return start < 0 ? "" : beforeFragment.slice(start + 1);
}

/** A name as the caller wrote it, short enough to be sent back. */
function fieldName(name: string): string {
  return name === "" ? '""' : name.slice(0, 100);
}

function check<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, ERRORS_MAX).flatMap((issue): readonly FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ field: fieldName(key), message: "is not a known field" }));
    }
    const path = issue.path.join(".");
    const isMissing =
      (issue.code === "invalid_type" || issue.code === "invalid_value") && issue.input === undefined;
    return [{ field: path === "" ? where : path, message: isMissing ? "is missing" : issue.message }];
  });
  throw badInput(errors);
}
