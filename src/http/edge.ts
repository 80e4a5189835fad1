import type { Context } from "hono";
import type { Service } from "../app/service.ts";
import type { SlackInlet } from "../ports/slack-inlet.ts";
import type { RateLimit } from "./rate-limit.ts";

/** What the routes need beside the service itself. */
export interface Edge {
  readonly service: Service;
  readonly slack: SlackInlet;
  /** Any of these lets a Mac enrol; more than one while they are being changed. Empty: nobody enrols. */
  readonly enrollmentTokens: readonly string[];
  readonly version: string;
  readonly rateLimit: RateLimit;
  /** Aborted when the process is about to end: held polls are answered then. */
  readonly stopping?: AbortSignal;
}

/** Per-request values that middleware leaves for the handlers. */
export interface EdgeVariables {
  readonly Variables: { requestId: string };
}

/** The context of one call. */
export type EdgeContext = Context<EdgeVariables>;
