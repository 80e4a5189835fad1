import assert from "node:assert/strict";
import { story } from "./story.ts";

story("a request by the Mac's second user", async ({ ask, press, until, read, mac, seconds, minutes }) => {
  mac.switchTo("paul");
  const id = await ask({ user: "paul", minutes: 10, reason: "update the printer driver" });
  await press("ben", "Approve 10");
  await until("the session runs", async () => (await read(id)).status === "active", 300);
  assert.equal(mac.isAdmin("paul"), true);
  assert.equal(mac.isAdmin("anna"), false, "L1 the rights go to who asked, not to who owns the Mac");
  mac.switchTo("anna");
  await seconds(5);
  assert.equal(mac.isAdmin("anna"), false);
  await minutes(2);
  await mac.done("paul");
  await until("it is over", async () => (await read(id)).status === "ended");
  assert.equal(mac.isAdmin("paul"), false);
  await seconds(10);
});
