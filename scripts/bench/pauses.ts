/** How long something took, and the longest time within it in which nobody else had a turn, both in ms. */
export interface Pause {
  readonly wholeMs: number;
  readonly longestMs: number;
}

/** Does `task` while something else asks for a turn of the event loop again and again. */
export async function pauseOf(task: () => Promise<unknown>): Promise<Pause> {
  const startedAt = performance.now();
  let lastTurnAt = startedAt;
  let longestMs = 0;
  let isOver = false;
  const takeTurn = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - lastTurnAt);
    lastTurnAt = now;
    if (!isOver) setImmediate(takeTurn);
  };
  setImmediate(takeTurn);
  await task();
  isOver = true;
  takeTurn();
  return { wholeMs: lastTurnAt - startedAt, longestMs };
}
