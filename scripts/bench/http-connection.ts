import { connect, type Socket } from "node:net";
import type { HttpCall } from "./cast.ts";

/** An answer as far as a benchmark looks at it. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One kept-alive HTTP/1.1 connection with one call under way at a time, as thin as it can be. */
export interface HttpConnection {
  /** Sends bytes made by `bytesOf`. Rejects when the connection ends before the whole answer is here. */
  send(bytes: Buffer): Promise<HttpAnswer>;
  /** Hangs up at once, also in the middle of a call. */
  close(): void;
}

/** The call as it goes over the wire. */
export function bytesOf({ method, path, headers, body = "" }: HttpCall): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = method === "GET" ? "" : `content-length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(
    `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join("")}${length}\r\n${body}`,
  );
}

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const NOT_WHOLE = undefined;

/** The answer in `bytes`, once it is whole; nothing may follow it, since nothing was asked yet. */
function parse(bytes: Buffer): HttpAnswer | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return NOT_WHOLE;
  const head = bytes.toString("latin1", 0, end);
  const status = Number(head.slice(9, 12));
  const start = end + 4;
  const length = LENGTH.exec(head)?.[1];
  if (length !== undefined) {
    if (bytes.length < start + Number(length)) return NOT_WHOLE;
    return { status, body: bytes.toString("utf8", start, start + Number(length)) };
  }
  if (!CHUNKED.test(head)) throw new Error(`an answer without a length: ${head}`);
  const rest = bytes.toString("latin1", start);
  return rest === "0\r\n\r\n" || rest.endsWith("\r\n0\r\n\r\n") ? { status, body: rest } : NOT_WHOLE;
}

/** Connects to a port of this machine. */
export function openConnection(port: number): Promise<HttpConnection> {
  return new Promise((opened, failed) => {
    const socket: Socket = connect({ port, host: "127.0.0.1", noDelay: true });
    let received: Buffer | undefined;
    let resolve: ((answer: HttpAnswer) => void) | undefined;
    let reject: ((error: Error) => void) | undefined;

    function fail(error: Error): void {
      failed(error);
      reject?.(error);
      resolve = reject = undefined;
    }

    socket.on("data", (piece) => {
      received = received === undefined ? piece : Buffer.concat([received, piece]);
      const answer = parse(received);
      if (answer === undefined) return;
      received = undefined;
      const give = resolve;
      resolve = reject = undefined;
      give?.(answer);
    });
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the connection was closed")));
    socket.on("connect", () =>
      opened({
        send: (bytes) =>
          new Promise((answered, broken) => {
            resolve = answered;
            reject = broken;
            socket.write(bytes);
          }),
        close: () => {
          resolve = reject = undefined;
          socket.destroy();
        },
      }),
    );
  });
}
