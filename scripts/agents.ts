/**
 * `npm run agents` installs the agents that tests hold written sessions against: pinned versions, in
 * the folder `.agents`, apart from the project's own packages and without their install scripts.
 * Without them those tests are skipped. Does nothing where they are there already.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './lib/npm.mjs';
import { root } from './lib/paths.ts';

const folder = join(root, '.agents');

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function read(...parts: readonly string[]): Manifest {
  const file = join(folder, ...parts);
  // Written by npm or by us; what is not as expected is installed anew.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

const wanted = Object.entries(read('package.json').dependencies ?? {});
const isThere = wanted.every(
  ([name, version]) => read('node_modules', name, 'package.json').version === version,
);
if (isThere) console.log('The agents are installed.');
else runNpm(['ci', '--ignore-scripts', '--omit=dev'], folder);
