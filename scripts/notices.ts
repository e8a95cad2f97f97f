/**
 * Writes ThirdPartyNotices.txt: name, version, licence and its text for every package of which code
 * is in a bundle that ships. Fails on a licence that a package under the MIT licence must not carry.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles } from './lib/bundles.ts';
import { root } from './lib/paths.ts';

const file = join(root, 'ThirdPartyNotices.txt');

const allowed = new Set([
  ...['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['CC0-1.0', 'CC-BY-4.0', 'Unlicense'],
]);

/** Packages whose files are copied instead of bundled. */
const copied = ['node_modules/sql.js', 'node_modules/@vscode/codicons'];

/** The text the file should have. Throws on a licence that is missing or not allowed. */
async function generate(): Promise<string> {
  const folders = new Set(copied);
  for (const { name, options } of bundles(true)) {
    if (name.includes('host tests')) continue;
    const { metafile } = await esbuild.build({ ...options, write: false });
    for (const input of Object.keys(metafile?.inputs ?? {})) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) folders.add(folder);
    }
  }
  const notices = [...folders].map(notice).sort();
  return [
    'Multipath contains code of the packages below, each under its own licence.\n',
    ...new Set(notices),
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const title = `${manifest.name} ${manifest.version}`;
  const licence = manifest.license ?? 'none';
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ');
  if (!alternatives.some((one) => allowed.has(one))) {
    throw new Error(`${title} has the licence ${licence}, which Multipath must not carry.`);
  }
  const texts = readdirSync(join(root, folder))
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .map((name) =>
      readFileSync(join(root, folder, name), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    );
  if (texts.length === 0) throw new Error(`${title} brings no licence text.`);
  return `${title} (${licence})\n\n${texts.join('\n\n')}\n`;
}

/** What is wrong with the file as it stands, nothing if it is current. */
export async function noticesProblem(): Promise<string> {
  const current = readFileSync(file, 'utf8') === (await generate());
  return current ? '' : 'ThirdPartyNotices.txt is out of date: npm run notices';
}

if (import.meta.main) writeFileSync(file, await generate());
