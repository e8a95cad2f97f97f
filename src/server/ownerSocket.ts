/** The owner's socket, in a folder that only this user may enter, under a name nobody can guess. */
import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { MultipathError } from '../core/errors.ts';
import { admitCaller } from './handshake.ts';

export interface OwnerSocket {
  readonly address: string;
  readonly token: string;
  /** False when something (a cleaner of temporary folders) has removed it from under us. */
  isReachable(): Promise<boolean>;
  /** Stops listening, cuts all callers off and removes the socket. */
  close(): Promise<void>;
}

/** sun_path holds 104 bytes with its terminator on macOS, 108 on Linux. */
const MAX_PATH_BYTES = 103;
const HANDSHAKE_MS = 5_000;

interface Place {
  readonly address: string;
  readonly folder?: string;
}

const FOLDER_PREFIX = 'multipath-';

function parentFolders(): ReadonlySet<string> {
  return new Set([tmpdir(), '/tmp']);
}

/** Removes what an owner that was killed has left behind. Its lock must be ours by now. */
export async function removeLeftSocket(address: string): Promise<void> {
  const folder = dirname(address);
  const isOurs = basename(folder).startsWith(FOLDER_PREFIX) && parentFolders().has(dirname(folder));
  if (process.platform === 'win32' || !isOurs) return;
  await rm(address, { force: true });
  // Not recursive: a record somebody tampered with must not cost more than an empty folder.
  await rmdir(folder).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}

async function choosePlace(): Promise<Place> {
  const name = randomBytes(8).toString('hex');
  if (process.platform === 'win32') return { address: `\\\\.\\pipe\\multipath-${name}` };
  for (const parent of parentFolders()) {
    // mkdtemp adds six characters and makes the folder 0700.
    const prefix = join(parent, FOLDER_PREFIX);
    if (Buffer.byteLength(join(`${prefix}XXXXXX`, name)) > MAX_PATH_BYTES) continue;
    const folder = await mkdtemp(prefix);
    return { folder, address: join(folder, name) };
  }
  throw new MultipathError(
    'io',
    `The path of the temporary folder ${tmpdir()} is too long for a socket. Set TMPDIR to a shorter one and restart VS Code.`,
  );
}

/**
 * Listens for other windows. `onCaller` gets each socket that passed the handshake, paused.
 *
 * @throws MultipathError `io`, or the system's error, when no socket can be made.
 */
export async function listenForCallers(onCaller: (socket: Socket) => void): Promise<OwnerSocket> {
  const { address, folder } = await choosePlace();
  const token = randomBytes(32).toString('base64url');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The loss of a caller is told by 'close'; without a listener it would end the process.
    socket.on('error', () => socket.destroy());
    void admitCaller(socket, token, HANDSHAKE_MS).then((admitted) => {
      if (admitted && !socket.destroyed) onCaller(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    address,
    token,
    isReachable: async () => {
      if (folder === undefined) return true;
      return access(address).then(
        () => true,
        () => false,
      );
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
