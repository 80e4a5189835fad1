import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { createLineWriter } from "./line-writer.ts";

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));

function fakeProcess() {
  const texts: string[] = [];
  const own = Object.assign(new EventEmitter(), { stdout: { write: (text: string) => texts.push(text) } });
  return { own, texts };
}

test("the lines of one turn are written together and in order, those of the next by themselves", async () => {
  const { own, texts } = fakeProcess();
  const write = createLineWriter(own);
  write("a\n");
  write("b\n");
  assert.deepEqual(texts, []);
  await turn();
  write("c\n");
  await turn();
  assert.deepEqual(texts, ["a\nb\n", "c\n"]);
});

test("what waits when the process exits is written then, once", async () => {
  const { own, texts } = fakeProcess();
  const write = createLineWriter(own);
  write("last words\n");
  own.emit("exit");
  await turn();
  assert.deepEqual(texts, ["last words\n"]);
});
