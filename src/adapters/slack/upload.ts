import type { WebClient } from "@slack/web-api";
import { TerminalError } from "../../ports/errors.ts";
import type { LogUpload, MessageRef } from "../../ports/chat.ts";
import { httpError, slackError } from "./errors.ts";
import type { Fetch } from "./limited-fetch.ts";
import { logUploadComment } from "./messages/notices.ts";
import { allowedUrl } from "./response-url.ts";

/** Slack takes no empty file. */
const EMPTY_LOG = "No commands were run with sudo in this session.\n";

/**
 * Uploads a session's log into the thread in Slack's three steps: ask for a URL, send the bytes there, share the
 * file. A file carries no metadata, so its key stands in the words beside it.
 */
export async function uploadLogFile(
  tools: { readonly client: WebClient; readonly fetch: Fetch; readonly origins: readonly string[] },
  ref: MessageRef,
  upload: LogUpload,
  key: string,
): Promise<void> {
  const what = "uploading the log";
  const bytes = new TextEncoder().encode(upload.text === "" ? EMPTY_LOG : upload.text);
  try {
    const place = await tools.client.files.getUploadURLExternal({
      filename: upload.filename,
      length: bytes.byteLength,
    });
    if (place.upload_url === undefined || place.file_id === undefined) {
      throw new TerminalError("Slack gave no place to upload the log to.");
    }
    const response = await tools.fetch(allowedUrl(place.upload_url, tools.origins, what), {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: bytes,
      redirect: "error",
    });
    if (!response.ok) throw httpError(response.status, response.headers.get("retry-after"), what);
    await tools.client.files.completeUploadExternal({
      files: [{ id: place.file_id, title: upload.filename }],
      channel_id: ref.channelId,
      thread_ts: ref.ts,
      initial_comment: logUploadComment(upload, key),
    });
  } catch (error) {
    throw slackError(error, what);
  }
}
