/** The owner's socket, in a folder that only this user may enter, under a name nobody can guess. */
import { randomBytes } from 'node:crypto';
import { access, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { messageOf, MultipathError } from '../core/errors.ts';
import { admitCaller } from './handshake.ts';
import { SOCKET_FOLDER_PREFIX, socketPlace } from './socketPlace.ts';

export interface OwnerSocket {
  readonly address: string;
  readonly token: string;
  /** False when something (a cleaner of temporary folders) has removed it from under us. */
  isReachable(): Promise<boolean>;
  /** Stops listening, cuts all callers off and removes the socket. */
  close(): Promise<void>;
}

const HANDSHAKE_MS = 5_000;

interface Place {
  readonly address: string;
  readonly folder?: string;
}

/** Removes what an owner that was killed has left behind. Its lock must be ours by now. */
export async function removeLeftSocket(address: string): Promise<void> {
  const folder = dirname(address);
  const isOurs =
    basename(folder).startsWith(SOCKET_FOLDER_PREFIX) &&
    [tmpdir(), '/tmp'].includes(dirname(folder));
  if (process.platform === 'win32' || !isOurs) return;
  await rm(address, { force: true });
  // Not recursive: a record somebody tampered with must not cost more than an empty folder.
  await rmdir(folder).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
}

async function choosePlace(): Promise<Place> {
  const name = randomBytes(8).toString('hex');
  const place = socketPlace(process.platform, tmpdir(), name);
  if (place.kind === 'pipe') return { address: place.address };
  let refusal: unknown;
  for (const parent of place.parents) {
    try {
      // mkdtemp makes the folder 0700.
      const folder = await mkdtemp(join(parent, SOCKET_FOLDER_PREFIX));
      return { folder, address: join(folder, name) };
    } catch (error) {
      refusal = error;
    }
  }
  throw new MultipathError(
    'io',
    refusal === undefined
      ? `The path of the temporary folder ${tmpdir()} is too long for a socket. Set TMPDIR to a shorter one and restart VS Code.`
      : `No socket can be made in the temporary folder ${tmpdir()} (${messageOf(refusal)}). Set TMPDIR to a folder that can be written and restart VS Code.`,
    { cause: refusal },
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
