import { type SlackState, addPost, nextId } from "./state.ts";
import {
  type Arguments,
  type Method,
  type MethodAnswer,
  jsonArgument,
  textArgument,
  writable,
} from "./method.ts";

/** The first and the last of the three steps of an upload; the second is `receiveUpload`. */
export const uploadMethods: Readonly<Record<string, Method>> = {
  "files.getUploadURLExternal": { scopes: () => ["files:write"], call: announce },
  "files.completeUploadExternal": { scopes: () => ["files:write"], call: share },
};

function announce(state: SlackState, args: Arguments): MethodAnswer {
  const filename = textArgument(args, "filename");
  const length = Number(textArgument(args, "length"));
  if (filename === "" || !Number.isInteger(length) || length < 1) return "invalid_arguments";
  const fileId = nextId(state, "F");
  state.uploads.set(fileId, { filename, length, text: undefined });
  return { file_id: fileId, upload_url: `${state.filesOrigin}/upload/v1/${fileId}` };
}

/** Takes the bytes of an announced file; false when they do not fit what was announced. */
export function receiveUpload(state: SlackState, fileId: string, bytes: Uint8Array): boolean {
  const upload = state.uploads.get(fileId);
  if (upload === undefined || bytes.byteLength !== upload.length) return false;
  upload.text = new TextDecoder().decode(bytes);
  return true;
}

function share(state: SlackState, args: Arguments): MethodAnswer {
  const wanted = jsonArgument(args, "files");
  const first: unknown = Array.isArray(wanted) ? wanted[0] : undefined;
  if (typeof first !== "object" || first === null) return "invalid_arguments";
  const id: unknown = Reflect.get(first, "id");
  const title: unknown = Reflect.get(first, "title");
  const upload = typeof id === "string" ? state.uploads.get(id) : undefined;
  if (typeof id !== "string" || upload?.text === undefined) return "file_not_found";
  const conversation = writable(state, textArgument(args, "channel_id"));
  if (typeof conversation === "string") return conversation;
  const file = {
    id,
    name: upload.filename,
    title: typeof title === "string" ? title : upload.filename,
    text: upload.text,
  };
  state.uploads.delete(id);
  addPost(state, conversation, {
    content: { text: textArgument(args, "initial_comment"), blocks: [] },
    metadata: undefined,
    threadTs: textArgument(args, "thread_ts") || undefined,
    files: [file],
  });
  return { files: [{ id, title: file.title }] };
}
