/**
 * Makes multipath-VERSION.vsix and refuses one that is too big or holds other files than
 * scripts/vsix-files.txt says. `--update` accepts the files of this build as the new list.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { root } from './lib/paths.ts';
import { runTool } from './lib/run.ts';
import { zipNames } from './lib/zip.ts';

const maxBytes = 3 * 1024 * 1024;
const listFile = join(root, 'scripts', 'vsix-files.txt');

/** Where the package of the current version stands once it is made. */
export function vsixPath(): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return join(root, `${manifest.name}-${manifest.version}.vsix`);
}

/** Builds minified and packages. Returns what is wrong with the package, nothing if all is well. */
export async function makePackage(update: boolean): Promise<string[]> {
  await build(true);
  const vsix = vsixPath();
  rmSync(vsix, { force: true });
  const { code, output } = await runTool('@vscode/vsce/vsce', [
    ...['package', '--no-dependencies', '--allow-missing-repository'],
    ...['--no-rewrite-relative-links', '--out', vsix],
  ]);
  if (code !== 0 || !existsSync(vsix)) return [`vsce failed:\n${output}`];

  const zip = readFileSync(vsix);
  const size = `${(zip.length / 1024).toFixed(0)} KB`;
  console.log(`${vsix} (${size})`);
  const problems = zip.length < maxBytes ? [] : [`${size}: the package must stay below 3 MB`];
  const names = zipNames(zip).sort();
  if (update) writeFileSync(listFile, names.map((name) => `${name}\n`).join(''));
  return [...problems, ...listDifference(names)];
}

function listDifference(names: readonly string[]): string[] {
  const listed = readFileSync(listFile, 'utf8').split('\n').filter(Boolean);
  const added = names.filter((name) => !listed.includes(name));
  const missing = listed.filter((name) => !names.includes(name));
  if (added.length + missing.length === 0) return [];
  return [
    'The package holds other files than scripts/vsix-files.txt says. If that is meant, run',
    '  npm run package -- --update',
    ...missing.map((name) => `  - ${name}`),
    ...added.map((name) => `  + ${name}`),
  ];
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
  const problems = await makePackage(values.update);
  if (problems.length > 0) {
    console.error(problems.join('\n'));
    process.exitCode = 1;
  }
}
