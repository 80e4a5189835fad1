import { createHash } from "node:crypto";
import type { AccessRequest } from "../../core/request.ts";
import type { Random } from "../random.ts";

const ZEROS = "0".repeat(64);

/** What a Mac tells of a session, forged: its log and its reports; `post` sends it in the Mac's name. */
export function tellings(
  random: Random,
  request: AccessRequest | undefined,
  at: string,
  post: (path: string, body: object) => Promise<unknown>,
): Readonly<Record<string, () => void>> {
  const log = (seq: number) => {
    const chunk = { seq, previousHash: hash(random), lines: ["forged"], final: random.chance(0.2) };
    void post("/log", chunk);
  };
  return {
    log: () => log(random.integer(0, 2)),
    log_after_its_end: () => {
      if (request === undefined || !("log" in request) || request.log.state !== "collected") return;
      const { chunks: seq, hash: previousHash } = request.log;
      void post("/log", { seq, previousHash, lines: ["forged"], final: true });
    },
    log_twice: () => {
      log(0);
      log(0);
    },
    report: () => {
      const kind = random.pick(["tampered", "drift"]);
      void post("/report", { reportId: uuid(random), kind, at, items: ["forged"] });
    },
    report_again: () => {
      const reportId = uuid(random);
      for (let times = 0; times < 2; times += 1)
        void post("/report", { reportId, kind: "drift", at, items: ["forged"] });
    },
  };
}

/** A fresh id of somebody else than the service, as a seed draws it. */
export function uuid(random: Random): string {
  const hex = createHash("sha256").update(String(random.fraction())).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join("-");
}

function hash(random: Random): string {
  return random.chance(0.5) ? ZEROS : createHash("sha256").update(String(random.fraction())).digest("hex");
}
