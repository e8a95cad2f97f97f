/** Once before all e2e tests: the VS Code server is there and the package installed for it. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../../scripts/lib/sandbox.ts';
import { installExtension, installVscodeServer } from '../../../scripts/lib/vscodeServer.ts';
import { makePackage, vsixPath } from '../../../scripts/package.ts';
import { installedExtensions } from './installed.ts';

export default async function setup(): Promise<void> {
  installVscodeServer();
  // `npm test` has made the package and says so; whoever runs this suite alone gets a fresh one.
  if (process.env['MULTIPATH_PACKAGED'] === undefined) {
    const problems = await makePackage(false);
    if (!existsSync(vsixPath())) throw new Error(problems.join('\n'));
  }
  rmSync(installedExtensions, { recursive: true, force: true });
  const folder = mkdtempSync(join(tmpdir(), 'multipath-setup-'));
  try {
    await installExtension(
      { ...createSandbox(folder), extensions: installedExtensions },
      vsixPath(),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
