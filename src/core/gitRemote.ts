/**
 * Addresses of git repositories, compared by what they name: the same one is written with https and
 * with ssh, with and without user, port and `.git`. What is kept holds no password.
 */

/** Addresses come from anybody's repository: a longer one is none, and costs nothing to compare. */
const MOST_LENGTH = 2_048;

/** `host/path`, in lower case; `undefined` for what is no address of another machine. */
export function remoteName(address: string): string | undefined {
  if (address.length > MOST_LENGTH) return undefined;
  const trimmed = address.trim();
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(trimmed);
  const scp = url ?? /^(?:[^/@\s]+@)?([^/:\s]{2,}):(?!\/\/)(.+)$/.exec(trimmed);
  const [, host, path] = scp ?? [];
  if (host === undefined || path === undefined || /^file:/i.test(trimmed)) return undefined;
  const name = path.replace(/^\/+|\/+$/g, '').replace(/\.git$/i, '');
  return name === '' ? undefined : `${host}/${name}`.toLowerCase();
}
