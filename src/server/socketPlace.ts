/**
 * Where the owner can listen: a pipe on Windows, else a socket in a folder of its own, whose whole
 * path must fit into what the system keeps of it.
 */
import { posix } from 'node:path';

/** sun_path holds 104 bytes with its terminator on macOS, 108 on Linux. */
export const MAX_SOCKET_PATH_BYTES = 103;

/** mkdtemp adds six characters of its own. */
export const SOCKET_FOLDER_PREFIX = 'multipath-';

export type SocketPlace =
  | { readonly kind: 'pipe'; readonly address: string }
  /** Folders in which a private one may be made, the first that can be used being the best. */
  | { readonly kind: 'socket'; readonly parents: readonly string[] };

/** `name` cannot be guessed. The temporary folder may be too deep for a socket: then `/tmp` is left. */
export function socketPlace(
  platform: NodeJS.Platform,
  temporaryFolder: string,
  name: string,
): SocketPlace {
  if (platform === 'win32') return { kind: 'pipe', address: `\\\\.\\pipe\\multipath-${name}` };
  const parents = [...new Set([temporaryFolder, '/tmp'])].filter((parent) => {
    const address = posix.join(parent, `${SOCKET_FOLDER_PREFIX}XXXXXX`, name);
    return Buffer.byteLength(address) <= MAX_SOCKET_PATH_BYTES;
  });
  return { kind: 'socket', parents };
}
