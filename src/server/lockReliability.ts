/**
 * Says why file locks in a folder cannot be trusted: network and synchronised folders, known by
 * their paths, and on Linux by their file system. Nothing is asked that could hang on a network.
 */
import { realpath, statfs } from 'node:fs/promises';

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

/** Folders of programs that copy what is in them to other machines, under their usual names. */
const SYNCED_FOLDERS: readonly RegExp[] = [
  /^OneDrive( - .*)?$/i,
  /^Dropbox( \(.*\))?$/i,
  /^Google ?Drive$/i,
  /^GoogleDrive-/,
  /^My Drive$/,
  /^CloudStorage$/,
  /^Mobile Documents$/,
  /^com~apple~CloudDocs$/,
  /^iCloud ?Drive$/i,
  /^Box Sync$/i,
  /^Nextcloud$/i,
  /^ownCloud$/i,
  /^pCloud ?Drive$/i,
  /^Proton ?Drive$/i,
  /^Syncthing$/i,
];

/** Where OneDrive says on Windows that its folders are, whatever they are called. */
const ONEDRIVE_VARIABLES = ['OneDrive', 'OneDriveConsumer', 'OneDriveCommercial'];

export interface PathRules {
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** What the path alone says against locks there, in words; `undefined` when nothing does. */
export function whyPathIsUnreliable(
  folder: string,
  { platform, variables }: PathRules,
): string | undefined {
  const windows = platform === 'win32';
  const parts = folder.split(windows ? /[/\\]/ : '/');
  const synced = parts.find((part) => SYNCED_FOLDERS.some((pattern) => pattern.test(part)));
  if (synced !== undefined) return `its folder is synchronised ("${synced}")`;
  if (windows) {
    const lower = folder.toLowerCase();
    const inside = ONEDRIVE_VARIABLES.flatMap((name) => variables[name] ?? []).find(
      (drive) => drive !== '' && `${lower}\\`.startsWith(`${drive.toLowerCase()}\\`),
    );
    if (inside !== undefined) return `its folder is synchronised ("${inside}")`;
    return isShare(folder) ? 'its folder is on a network drive' : undefined;
  }
  // Disks and shares are mounted there alike; the start volume's own entry is resolved before.
  const [, top, volume] = parts;
  if (platform === 'darwin' && top === 'Volumes' && volume !== undefined) {
    return `its folder is on the volume "${volume}", which may be a network drive`;
  }
  return undefined;
}

/** `\\server\share`, also in its long form; not `\\?\C:\` nor a device. */
function isShare(folder: string): boolean {
  const path = folder.replaceAll('/', '\\');
  return /^\\\\[?.]\\UNC\\/i.test(path) || /^\\\\[^?.\\]/.test(path);
}

/** In words for the person; `undefined` when nothing speaks against locks there. */
export async function whyLocksAreUnreliable(folder: string): Promise<string | undefined> {
  const rules = { platform: process.platform, variables: process.env };
  // A drive letter or a link may hide where the folder really is.
  const real = await realpath(folder).catch(() => folder);
  const why = whyPathIsUnreliable(folder, rules) ?? whyPathIsUnreliable(real, rules);
  if (why !== undefined || process.platform !== 'linux') return why;
  const type = await statfs(real).then(
    (found) => found.type,
    () => 0,
  );
  // Node gives the field as the signed or unsigned number the platform keeps it in.
  const name = LINUX_NETWORK.get(type >>> 0);
  return name === undefined ? undefined : `its folder is on a network file system (${name})`;
}
