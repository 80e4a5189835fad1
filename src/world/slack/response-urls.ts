import type { KnownBlock } from "@slack/types";
import { assertLegalMessage } from "../../adapters/slack/block-kit.ts";
import { type SlackState, showPrivately } from "./state.ts";

/** Takes what is posted to a response URL: five times within half an hour, only ever to the one who clicked. */
export async function answerResponseUrl(
  state: SlackState,
  path: string,
  request: Request,
): Promise<Response> {
  const place = state.responseUrls.get(path);
  if (place === undefined) return refusal(404, "no_such_url");
  if (place.expiresAt < state.clock.now()) return refusal(404, "expired_url");
  if (place.usesLeft === 0) return refusal(404, "used_url");
  const body: unknown = await request.json();
  if (typeof body !== "object" || body === null || Reflect.get(body, "response_type") !== "ephemeral") {
    return refusal(400, "invalid_payload");
  }
  const text: unknown = Reflect.get(body, "text");
  const blocks: unknown = Reflect.get(body, "blocks");
  const content = {
    text: typeof text === "string" ? text : "",
    blocks: (Array.isArray(blocks) ? blocks : []) as readonly KnownBlock[],
  };
  try {
    assertLegalMessage(content);
  } catch {
    return refusal(400, "invalid_blocks");
  }
  place.usesLeft -= 1;
  showPrivately(state, { userId: place.userId, content, through: "response_url" });
  return new Response("ok");
}

function refusal(status: number, error: string): Response {
  return Response.json({ ok: false, error }, { status });
}
