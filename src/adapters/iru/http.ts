import type { DurationMs } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { NotFoundError, TerminalError } from "../../ports/errors.ts";
import { IruUnavailable, parseRetryAfter } from "./retry.ts";

/** The part of the platform's `fetch` that the client needs. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** One call of the API. `operation` names it in errors and logs; it holds no ids. */
export interface IruRequest {
  readonly operation: string;
  readonly method: "GET" | "PATCH" | "POST";
  /** Path and query below the base URL, starting with `/api/v1/`. */
  readonly path: string;
  readonly body?: unknown;
}

/** What one try needs: where to, with which token, through what, and for how long. */
export interface SendOptions {
  readonly baseUrl: string;
  readonly token: string;
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly timeoutMs: DurationMs;
}

const LONGEST_DETAIL = 200;

/**
 * Sends one request once and resolves with the parsed JSON of a 2xx answer. Throws `IruUnavailable` when a later
 * try may work (network, time-out, 429, 5xx, an answer that is not JSON), else `TerminalError`: the same call
 * would be refused again. The token is in no error, nor is anything the platform's fetch may have attached to its own.
 */
export async function sendOnce(options: SendOptions, request: IruRequest): Promise<unknown> {
  const { response, text } = await exchange(options, request);
  const json = parseJson(text);
  if (response.ok) {
    if (json.ok) return json.value;
    throw new IruUnavailable(`Iru's answer to "${request.operation}" is not JSON`, "unknown");
  }
  const detail = detailOf(json.ok ? json.value : undefined, options.token);
  const problem = `Iru answered ${response.status} to "${request.operation}"${detail}`;
  const retryAfterMs = parseRetryAfter(response.headers, options.clock.now());
  if (response.status === 429) throw new IruUnavailable(problem, "refused", retryAfterMs);
  if (response.status >= 500) throw new IruUnavailable(problem, "unknown", retryAfterMs);
  throw response.status === 404 ? new NotFoundError(problem) : new TerminalError(problem);
}

/** One exchange within the time limit, the reading of the body included; setting the machine's clock moves no limit. */
async function exchange(
  options: SendOptions,
  request: IruRequest,
): Promise<{ readonly response: Response; readonly text: string }> {
  const limit = new AbortController();
  let stopTimer = (): void => undefined;
  const timeUp = new Promise<"time up">((resolve) => {
    stopTimer = options.clock.after(options.timeoutMs, () => resolve("time up"));
  });
  const answer = fetchText(options, request, limit.signal);
  try {
    const winner = await Promise.race([answer, timeUp]);
    if (winner !== "time up") return winner;
  } catch (error) {
    throw new IruUnavailable(
      `Iru could not be reached for "${request.operation}" (${codeOf(error)})`,
      "unknown",
    );
  } finally {
    stopTimer();
    limit.abort();
    answer.catch(() => undefined);
  }
  throw new IruUnavailable(`Iru did not answer "${request.operation}" in time`, "unknown");
}

async function fetchText(
  options: SendOptions,
  request: IruRequest,
  signal: AbortSignal,
): Promise<{ readonly response: Response; readonly text: string }> {
  const hasBody = request.body !== undefined;
  const response = await options.fetch(`${options.baseUrl}${request.path}`, {
    method: request.method,
    headers: {
      authorization: `Bearer ${options.token}`,
      accept: "application/json",
      ...(hasBody ? { "content-type": "application/json" } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
    // The API does not redirect; following one could carry the token elsewhere.
    redirect: "manual",
    signal,
  });
  return { response, text: await response.text() };
}

function parseJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** The vendor's own words in an error answer, shortened, on one line and without the token. */
function detailOf(body: unknown, token: string): string {
  const text = typeof body === "string" ? body : textIn(body);
  if (text === undefined || text === "") return "";
  const line = text.replaceAll(token, "[token]").replace(/[\p{Cc}\s]+/gu, " ");
  return `: ${line.length > LONGEST_DETAIL ? `${line.slice(0, LONGEST_DETAIL)}…` : line}`;
}

function textIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  for (const field of ["error", "detail", "message"]) {
    const value: unknown = Reflect.get(body, field);
    if (typeof value === "string") return value;
  }
  return undefined;
}

/** A network error's code or name, such as ECONNRESET; its message and cause are left out on purpose. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === "object" && cause !== null) {
    const code: unknown = Reflect.get(cause, "code") ?? Reflect.get(cause, "name");
    if (typeof code === "string" && /^[A-Za-z0-9_]{1,40}$/.test(code)) return code;
  }
  return "network error";
}
