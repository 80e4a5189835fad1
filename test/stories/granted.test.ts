import assert from "node:assert/strict";
import { story } from "./story.ts";

story("approved at another duration and expired", async ({ ask, press, until, mac, minutes, read, tags }) => {
  assert.equal(mac.sudo("anna", "/usr/bin/id").allowed, false, "refused before");
  const id = await ask({ minutes: 30 });
  await press("ben", "Approve 10");
  await until("Anna is an admin", () => mac.isAdmin("anna"));
  await until("the service knows", async () => (await read(id)).status === "active");
  assert.equal(mac.sudo("anna", "/usr/bin/id").allowed, true);
  await minutes(2);
  mac.sudo("anna", "/usr/sbin/softwareupdate --list");
  await until("the rights are gone", () => !mac.isAdmin("anna"), 900);
  assert.equal(mac.sudo("anna", "/usr/bin/id").allowed, false, "refused after");
  await until("the end is proven and the log is in", async () => {
    const request = await read(id);
    return request.status === "ended" && request.log.state === "collected";
  });
  await minutes(1);
  assert.deepEqual(await tags(), ["finance"], "L13 other people's tags survive");
});
