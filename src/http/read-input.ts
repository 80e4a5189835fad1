import type { Context } from "hono";
import type { z } from "zod";
import { BODY_MAX_BYTES } from "../wire/device.ts";
import { badInput, type FieldError, HttpProblem } from "./problem.ts";

const ERRORS_MAX = 20;

/** The raw body; refused with 413 as soon as it is larger than `maxBytes`, whatever its header says. */
export async function readBody(context: Context, maxBytes = BODY_MAX_BYTES): Promise<Uint8Array> {
  const declared = Number(context.req.header("content-length") ?? 0);
  if (declared > maxBytes) throw tooLarge(maxBytes);
  const body = context.req.raw.body;
  if (body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    // The caller hung up, or its connection broke: nobody is left to read the answer, and nothing of ours failed.
    throw badInput([{ field: "body", message: "broke off" }]);
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
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
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
  const values = context.req.queries();
  const twice = Object.entries(values).filter(([, given]) => given.length > 1);
  if (twice.length > 0) {
    throw badInput(twice.map(([field]) => ({ field, message: "must be given once" })));
  }
  return check(schema, context.req.query(), "query");
}

function check<T extends z.ZodType>(schema: T, value: unknown, where: string): z.output<T> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, ERRORS_MAX).flatMap((issue): readonly FieldError[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ field: key.slice(0, 100), message: "is not a known field" }));
    }
    const path = issue.path.join(".");
    const isMissing =
      (issue.code === "invalid_type" || issue.code === "invalid_value") && issue.input === undefined;
    return [{ field: path === "" ? where : path, message: isMissing ? "is missing" : issue.message }];
  });
  throw badInput(errors);
}
