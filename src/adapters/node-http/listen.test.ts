import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, test } from "node:test";
import { type HttpListener, listenHttp, type ListenOptions } from "./listen.ts";

const open: HttpListener[] = [];
afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close(0);
});

async function listen(
  fetch: ListenOptions["fetch"],
  change: Partial<ListenOptions> = {},
): Promise<HttpListener> {
  const unreadable = () => new Response("unreadable", { status: 400 });
  const listener = await listenHttp({ fetch, host: "127.0.0.1", port: 0, unreadable, ...change });
  open.push(listener);
  return listener;
}

/** A promise with its end in hand. */
function promised<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  return Promise.withResolvers<T>();
}

const portOf = (listener: HttpListener) => Number(new URL(listener.url).port);

/** Sends bytes as they are and reads all that comes back. */
async function raw(listener: HttpListener, bytes: string): Promise<string> {
  const socket = connect(portOf(listener), "127.0.0.1");
  socket.write(bytes);
  return text(socket);
}

describe("listening over HTTP", () => {
  test("serves a fetch handler, body and headers included", async () => {
    const listener = await listen(async (request) => {
      const body = await request.text();
      return new Response(
        `${request.method} ${new URL(request.url).pathname} ${request.headers.get("x-one")} ${body}`,
      );
    });
    const response = await fetch(`${listener.url}/a/b`, {
      method: "POST",
      headers: { "x-one": "1" },
      body: "é",
    });
    assert.equal(await response.text(), "POST /a/b 1 é");
  });

  test("a place that cannot be had is one sentence for the operator", async () => {
    const listener = await listen(() => new Response());
    const taken = listen(() => new Response(), { port: portOf(listener) });
    await assert.rejects(
      taken,
      /^Error: Cannot listen at 127\.0\.0\.1, port \d+: something else listens there already\.$/,
    );
    await assert.rejects(
      listen(() => new Response(), { host: "192.0.2.1" }),
      /does not have that address/,
    );
  });

  test("a request without a readable address is answered, not dropped", async () => {
    const listener = await listen(() => new Response("read"));
    const answer = await raw(listener, "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /unreadable$/);
    assert.match(await raw(listener, "nonsense\r\n\r\n"), /^HTTP\/1\.1 400 /);
  });

  test("who hangs up aborts the request", async () => {
    const [began, aborted] = [promised<undefined>(), promised<undefined>()];
    const listener = await listen(async (request) => {
      request.signal.addEventListener("abort", () => aborted.resolve(undefined));
      began.resolve(undefined);
      await aborted.promise;
      return new Response();
    });
    const caller = new AbortController();
    const call = fetch(listener.url, { signal: caller.signal });
    await began.promise;
    caller.abort();
    await assert.rejects(call);
    await aborted.promise;
  });

  test("closing takes no more calls, lets those under way end, and closes kept connections", async () => {
    const [began, answer] = [promised<undefined>(), promised<Response>()];
    const listener = await listen(() => {
      began.resolve(undefined);
      return answer.promise;
    });
    const call = fetch(listener.url);
    await began.promise;
    let isClosed = false;
    const closed = listener.close(60_000).then(() => {
      isClosed = true;
    });
    await assert.rejects(fetch(listener.url), "a new call is refused");
    assert.equal(isClosed, false, "it waits for the call under way");
    answer.resolve(new Response("done"));
    assert.equal(await (await call).text(), "done");
    await closed;
  });

  test("what is still open after the grace is cut off", async () => {
    const began = promised<undefined>();
    const listener = await listen(() => {
      began.resolve(undefined);
      return new Promise<Response>(() => undefined);
    });
    const call = fetch(listener.url);
    await began.promise;
    await listener.close(50);
    await assert.rejects(call);
  });
});
