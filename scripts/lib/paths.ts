/** The places that more than one script uses, all inside the project. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The bundles that ship. */
export const dist = join(root, 'dist');

/** What tests and tools leave behind: results, logs, screenshots, bundled host tests. */
export const out = join(root, 'out');

/** Downloaded programs and the folders of VS Code windows we start. */
export const vscodeTest = join(root, '.vscode-test');
