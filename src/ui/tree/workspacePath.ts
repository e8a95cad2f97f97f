/** Whether a project is this workspace's: paths are compared as the platform's file system does. */

/** True when `path` is one of the folders or lies in one; `platform` is `process.platform`. */
export function isWorkspacePath(
  path: string,
  folders: readonly string[],
  platform: string,
): boolean {
  if (path === '') return false;
  const own = normalize(path, platform);
  return folders.some((folder) => {
    const outer = normalize(folder, platform);
    return outer !== '' && (own === outer || own.startsWith(`${outer}/`));
  });
}

function normalize(path: string, platform: string): string {
  const slashes = platform === 'win32' ? path.replaceAll('\\', '/') : path;
  const trimmed = slashes.replace(/\/+$/, '');
  return platform === 'win32' || platform === 'darwin' ? trimmed.toLowerCase() : trimmed;
}
