import { statusCall } from "./cast.ts";
import { answerParent } from "./child.ts";
import { bytesOf, type HttpConnection, openConnection } from "./http-connection.ts";

/** The Macs that hold polls, each over a connection of its own, and ask again when they were told nothing new. */

const WAIT_SECONDS = 20;
const OPENED_AT_ONCE = 200;
const PENDING_VERSION = 2;

const connections: HttpConnection[] = [];
/** When each request's decision was heard, by number, on the clock that all processes of the machine share. */
const heardAt = new Map<number, number>();
let isOver = false;

async function poll(connection: HttpConnection, number: number): Promise<void> {
  const bytes = bytesOf(statusCall(number, { seconds: WAIT_SECONDS, since: PENDING_VERSION }));
  for (;;) {
    const { status, body } = await connection.send(bytes);
    if (status !== 200) throw new Error(`a poll was answered ${status}: ${body}`);
    if (!body.includes('"status":"pending"')) {
      heardAt.set(number, Number(process.hrtime.bigint()) / 1e6);
      return;
    }
  }
}

async function hold({ port, count }: { readonly port: number; readonly count: number }): Promise<boolean> {
  for (let number = 0; number < count; number += OPENED_AT_ONCE) {
    const size = Math.min(OPENED_AT_ONCE, count - number);
    const opened = await Promise.all(Array.from({ length: size }, () => openConnection(port)));
    for (const [index, connection] of opened.entries()) {
      connections.push(connection);
      poll(connection, number + index).catch((error: unknown) => {
        if (!isOver) throw error;
      });
    }
  }
  return true;
}

answerParent({
  hold,
  heard: () => [...heardAt],
  hangUp() {
    isOver = true;
    for (const connection of connections) connection.close();
    return true;
  },
});
