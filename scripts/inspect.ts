/**
 * Says what Multipath reads in agents' files: `npm run inspect -- [--json] [--restore OUT] PATH...`.
 * Opens files for reading only; a file that is no session is reported as such, never an error.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../src/core/errors.ts';
import { filesBelow, type InspectedFile } from './lib/inspectFiles.ts';
import { inspectFile, type Inspection } from './lib/inspection.ts';
import { describe } from './lib/inspectionText.ts';
import { recognise } from './lib/recognise.ts';
import type { RestoreRequest } from './lib/restore.ts';

const USAGE = `Usage: npm run inspect -- [--json] [--restore OUT] PATH...

  PATH           a file, or a folder that is walked
  --json         one array with an object per file
  --restore OUT  take the files into a store and write back into OUT what it kept

messages, user, assistant and tools count every message of a file once, whatever branch it is on;
a branch's messages include those it shares. activeBranch is what Claude Code itself would read, null for other agents.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options;
  try {
    options = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        restore: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = options;
  if (values.help || positionals.length === 0) {
    console.log(USAGE);
    return values.help ? 0 : 2;
  }

  let files: readonly InspectedFile[];
  try {
    files = await filesBelow(positionals);
  } catch (error) {
    console.error(messageOf(error));
    return 1;
  }
  const inspections: Inspection[] = [];
  for (const file of files) {
    const inspection = await inspectFile(file.path);
    if (values.json) inspections.push(inspection);
    else console.log(describe(inspection));
  }
  if (values.json) console.log(JSON.stringify(inspections, null, 2));
  return values.restore === undefined ? 0 : restoreFiles(files, values.restore);
}

async function restoreFiles(files: readonly InspectedFile[], out: string): Promise<number> {
  // The store is loaded only for this: inspecting alone needs none of it.
  const { restore } = await import('./lib/restore.ts');
  try {
    const requests: RestoreRequest[] = [];
    for (const { path, target } of files) {
      requests.push({ agent: await recognise(path), path, target });
    }
    await restore(requests, out);
  } catch (error) {
    console.error(`Could not restore: ${messageOf(error)}`);
    return 1;
  }
  console.error(`Restored ${files.length} files into ${out}`);
  return 0;
}
