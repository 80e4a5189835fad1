/** Lower-case UUID of a request, made by the service. */
export type RequestId = string;

/** Apple serial number: 8-14 upper-case letters and digits. */
export type Serial = string;

/** GeneratedUID of a macOS account (upper-case UUID); survives renames, unlike the short name. */
export type GeneratedUid = string;

/** UUID that a Mac makes for one attempt to take up an approval. */
export type ArmId = string;

/** Slack user id, `U…` or `W…`. */
export type SlackUserId = string;

/** Id of one submitted command; a repeat of the same id is the same act. */
export type CommandId = string;

export const SERIAL_PATTERN = /^[A-Z0-9]{8,14}$/;
export const SLACK_USER_ID_PATTERN = /^[UW][A-Z0-9]{2,20}$/;
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The last eight characters of a request id: what people type and read. The first ones tell the time it was made. */
export function shortId(requestId: RequestId): string {
  return requestId.slice(-8);
}

/** True for the stream of a request; Macs and the Slack edge have streams of their own. */
export function isRequestStream(stream: string): boolean {
  return UUID_PATTERN.test(stream);
}
