/** Where the packaged extension is installed for all windows of a run; see setup.ts. */
import { join } from 'node:path';
import { vscodeTest } from '../../../scripts/lib/paths.ts';

export const installedExtensions = join(vscodeTest, 'e2e-extensions');
