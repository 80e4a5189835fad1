import { closeSync, fsyncSync, openSync } from "node:fs";

/**
 * Waits until the file is on disk. Else the kernel writes its hundreds of megabytes half a minute later
 * (`vm.dirty_expire_centisecs`, kernel.org/doc/Documentation/sysctl/vm.txt), in the middle of what is measured, and each
 * commit waits up to 200 ms for it.
 */
export function syncFile(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
