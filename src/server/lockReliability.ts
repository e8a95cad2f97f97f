/** Says why file locks in a folder cannot be trusted: network and synced folders. */
import { statfs } from 'node:fs/promises';
import { sep } from 'node:path';

/** statfs(2) magic numbers of file systems whose locks may not reach other machines or the kernel. */
const LINUX_NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x786f4256, 'VirtualBox shared folder'],
]);

const SYNCED_FOLDERS: readonly RegExp[] = [
  /^OneDrive( - .*)?$/i,
  /^Dropbox( \(.*\))?$/i,
  /^Google ?Drive$/i,
  /^GoogleDrive-/,
  /^CloudStorage$/,
  /^Mobile Documents$/,
  /^iCloud ?Drive$/i,
];

/** In words for the person; `undefined` when nothing speaks against locks there. */
export async function whyLocksAreUnreliable(folder: string): Promise<string | undefined> {
  const synced = folder
    .split(sep)
    .find((part) => SYNCED_FOLDERS.some((pattern) => pattern.test(part)));
  if (synced !== undefined) return `its folder is synchronised ("${synced}")`;
  if (process.platform === 'win32') {
    return folder.startsWith('\\\\') && !folder.startsWith('\\\\?\\')
      ? 'its folder is on a network drive'
      : undefined;
  }
  if (process.platform !== 'linux') return undefined;
  const { type } = await statfs(folder);
  // Node gives the field as the signed or unsigned number the platform keeps it in.
  const name = LINUX_NETWORK.get(type >>> 0);
  return name === undefined ? undefined : `its folder is on a network file system (${name})`;
}
