/**
 * Strategies that can be chosen: those that come with Multipath, those in the workspace, and those in
 * a folder of the person's own. In a workspace that is not trusted no file is read: a strategy says
 * what is sent to a model.
 */
import { FileType, Uri, workspace } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import { BUILT_IN_STRATEGIES } from '../../core/strategies.ts';
import type { Strategy } from '../../core/strategy.ts';
import { STRATEGIES_SETTING } from '../contributions.ts';
import type { readStrategy, StrategyProblem } from '../../core/strategyFile.ts';

export interface StrategyFileProblem extends StrategyProblem {
  readonly file: Uri;
}

export interface KnownStrategies {
  /** The built-in ones first. */
  readonly strategies: readonly Strategy[];
  /** Of files that were left out. */
  readonly problems: readonly StrategyFileProblem[];
}

const STRATEGY_ENDING = '.multipath.yaml';
/** Files that are looked at. */
const MOST_FILES = 100;
const MOST_BYTES = 256 * 1024;

/** Reads them anew: the files are few and small, and may change at any time. */
export async function findStrategies(read: typeof readStrategy): Promise<KnownStrategies> {
  const strategies = [...BUILT_IN_STRATEGIES];
  const problems: StrategyFileProblem[] = [];
  for (const file of await strategyFiles()) {
    const complain = (message: string): void => {
      problems.push({ file, line: 1, column: 1, message });
    };
    try {
      const { size } = await workspace.fs.stat(file);
      if (size > MOST_BYTES) {
        complain(`A strategy has at most ${MOST_BYTES / 1024} KB. Make the prompts shorter.`);
        continue;
      }
      const text = new TextDecoder().decode(await workspace.fs.readFile(file));
      const found = read(text, idOf(file));
      problems.push(...found.problems.map((problem) => ({ ...problem, file })));
      if (!found.strategy) continue;
      if (strategies.some(({ id }) => id === found.strategy?.id)) {
        complain(`Another strategy is called “${found.strategy.id}”. Rename this file.`);
      } else strategies.push(found.strategy);
    } catch (error) {
      complain(`It cannot be read: ${messageOf(error)}`);
    }
  }
  return { strategies, problems };
}

function idOf(file: Uri): string {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  return name.slice(0, -STRATEGY_ENDING.length);
}

/** The usual places are looked at themselves: where nothing can search a workspace, they remain. */
async function strategyFiles(): Promise<readonly Uri[]> {
  if (!workspace.isTrusted) return [];
  const usual = (workspace.workspaceFolders ?? []).flatMap(({ uri }) => [
    Uri.joinPath(uri, '.multipath'),
    uri,
  ]);
  const own = workspace.getConfiguration().get<string>(STRATEGIES_SETTING, '').trim();
  const listed = await Promise.all(usual.map(filesIn));
  const searched = await workspace.findFiles(
    `**/*${STRATEGY_ENDING}`,
    '**/{node_modules,.git}/**',
    MOST_FILES,
  );
  const ofPerson = own === '' ? [] : await filesIn(Uri.file(own));
  const all = [...listed.flat(), ...[...searched].sort(byPath), ...ofPerson];
  return [...new Map(all.map((file) => [file.toString(), file])).values()].slice(0, MOST_FILES);
}

async function filesIn(folder: Uri): Promise<readonly Uri[]> {
  try {
    const entries = await workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => type !== FileType.Directory && name.endsWith(STRATEGY_ENDING))
      .map(([name]) => Uri.joinPath(folder, name))
      .sort(byPath);
  } catch {
    return []; // a folder that is not there holds no strategies
  }
}

function byPath(a: Uri, b: Uri): number {
  return a.path < b.path ? -1 : 1;
}
