/** The process whose output the lines are; a test gives another. */
export interface OwnProcess {
  readonly stdout: { write(text: string): unknown };
  once(event: "exit", listener: () => void): unknown;
}

/**
 * Writes lines to the output of `own`, those of one turn of the event loop with one call, since each call costs the
 * kernel's time and a busy service says a line for every answer. What waits when the process exits is written then; a
 * process that is killed loses the lines of its last turn.
 */
export function createLineWriter(own: OwnProcess): (line: string) => void {
  let waiting = "";

  function flush(): void {
    const text = waiting;
    waiting = "";
    if (text !== "") own.stdout.write(text);
  }

  own.once("exit", flush);
  return (line) => {
    if (waiting === "") setImmediate(flush);
    waiting += line;
  };
}
