// pins - A folder of our own in the BPF file system, where programs are pinned: new for every process, nobody else's.

import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { cannot } from "../base/errors.ts";

const BPFFS = "/sys/fs/bpf";
const BPF_FS_MAGIC = 0xcafe4a11;
/** With the number of the process, so that what a killed one left behind is recognised and removed. */
const NAME = /^devmem-trace-(\d+)-/;

/** Makes the folder. Throws UserError (exit 4) where there is no BPF file system or it is not safe to use. */
export function makePinFolder(): string {
  if (!existsSync(BPFFS) || statfsSync(BPFFS).type !== BPF_FS_MAGIC)
    throw cannot(`No BPF file system at ${BPFFS}: mount -t bpf bpf ${BPFFS} (as root).`);
  return makeFolderIn(BPFFS);
}

/** Makes the folder in `root`, after those that dead processes of ours left there are gone. */
export function makeFolderIn(root: string): string {
  if ((statSync(root).mode & 0o1002) === 0o002)
    throw cannot(
      `Everyone may replace what is in ${root}, so nothing is pinned there: chmod o-w ${root} (as root).`,
    );
  removeAbandoned(root);
  try {
    return mkdtempSync(join(root, `devmem-trace-${process.pid}-`));
  } catch (error) {
    throw cannot(`Nothing can be pinned in ${root}: ${(error as Error).message}.`);
  }
}

/** What others made stays: its name says nothing about whose it is. */
function removeAbandoned(root: string): void {
  for (const name of readdirSync(root)) {
    const pid = NAME.exec(name)?.[1];
    if (pid && !existsSync(`/proc/${pid}`) && isOurs(join(root, name))) removeFolder(join(root, name));
  }
}

function isOurs(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === process.geteuid?.();
}

/** Unpins what is there. Never throws: what stays is removed by the next process. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {}
}
