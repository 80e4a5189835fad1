import { createHash } from "node:crypto";

export const SUDOERS = "/private/etc/sudoers";
export const SUDOERS_FOLDER = "/private/etc/sudoers.d/";
export const DROP_IN = "/private/etc/sudoers.d/hallpass";
export const SUDO_LOG = "/private/var/log/hallpass-sudo.log";

/** The text of our drop-in: macOS 15 and later log nothing without `log_allowed` (Apple's own sudoers). */
export const DROP_IN_TEXT = `Defaults log_allowed, log_denied, log_year, loglinelen=0\nDefaults logfile=${SUDO_LOG}\n`;

const APPLE_SUDOERS =
  "Defaults\t!log_allowed\nroot ALL = (ALL) ALL\n%admin ALL = (ALL) ALL\n#includedir /private/etc/sudoers.d\n";

interface File {
  readonly inode: string;
  text: string;
  /** Of `text`; made when first asked for, since the agent asks every second. */
  sha256?: string | undefined;
}

/** The part of the simulated disk that matters here: small text files by path. */
export interface Disk {
  read(path: string): string | undefined;
  inode(path: string): string | undefined;
  /** Keeps the inode of a file that exists. */
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  remove(path: string): void;
  paths(): readonly string[];
  /** Grows with every write and removal. */
  changes(): number;
  /** Calls `listener` after a change of sudo's files, our own drop-in left out. Gives what stops it. */
  onSudoChange(listener: () => void): () => void;
  /** Lower-case hex SHA-256 of the files whose paths begin so, by path. */
  hashes(prefix: string): Readonly<Record<string, string>>;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A disk with what macOS has where we look. */
export function createDisk(): Disk {
  let lastInode = 9_000;
  let changes = 0;
  const lastHashes = new Map<string, { readonly at: number; readonly hashes: Record<string, string> }>();
  const files = new Map<string, File>();

  const listeners = new Set<() => void>();

  function changed(path: string): void {
    changes += 1;
    if (!path.startsWith(SUDOERS) || path === DROP_IN) return;
    for (const listener of listeners) listener();
  }

  function write(path: string, text: string): void {
    const file = files.get(path);
    if (file === undefined) files.set(path, { inode: String((lastInode += 1)), text });
    else Object.assign(file, { text, sha256: undefined });
    changed(path);
  }

  write(SUDOERS, APPLE_SUDOERS);
  write("/private/etc/pam.d/sudo", "auth include sudo_local\n");
  write("/private/etc/hosts", "127.0.0.1 localhost\n");
  write("/Library/LaunchDaemons/io.kandji.kandji-agent.plist", "kandji");

  return {
    read: (path) => files.get(path)?.text,
    inode: (path) => files.get(path)?.inode,
    write,
    append: (path, text) => write(path, (files.get(path)?.text ?? "") + text),
    remove(path) {
      if (files.delete(path)) changed(path);
    },
    changes: () => changes,
    onSudoChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    paths: () => [...files.keys()],
    hashes(prefix) {
      const last = lastHashes.get(prefix);
      if (last?.at === changes) return last.hashes;
      const hashes = Object.fromEntries(
        [...files]
          .filter(([path]) => path.startsWith(prefix))
          .map(([path, file]) => [path, (file.sha256 ??= sha256(file.text))]),
      );
      lastHashes.set(prefix, { at: changes, hashes });
      return hashes;
    },
  };
}
