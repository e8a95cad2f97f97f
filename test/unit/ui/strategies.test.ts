/** Which files strategies are read from, and what is said of those that are none. */
import { expect, it } from 'vitest';
import { FileType, Uri, workspace } from 'vscode';
import { BUILT_IN_STRATEGIES } from '../../../src/core/strategies.ts';
import { readStrategy } from '../../../src/core/strategyFile.ts';
import { findStrategies } from '../../../src/ui/explore/strategies.ts';

const steps = 'steps:\n  - name: answer\n    prompt: "{{question}}"\n';
const FILES: Readonly<Record<string, string>> = {
  '/shop/.multipath/duck.multipath.yaml': `name: Rubber duck\n${steps}`,
  '/shop/.multipath/single.multipath.yaml': `name: Not the built-in one\n${steps}`,
  '/shop/top.multipath.yaml': `name: Top\n${steps}`,
  '/shop/docs/deep.multipath.yaml': `name: Deep\n${steps}`,
  '/shop/docs/broken.multipath.yaml': 'name: Broken\nsteps: nothing\n',
  '/shop/docs/huge.multipath.yaml': `name: ${'x'.repeat(300_000)}\n${steps}`,
  '/own/mine.multipath.yaml': `name: Mine\n${steps}`,
  '/own/notes.md': '',
};

function open(isTrusted: boolean): void {
  const textOf = (uri: Uri): string => {
    const text = FILES[uri.path];
    if (text === undefined) throw new Error('no such file');
    return text;
  };
  const inFolder = (folder: string): string[] =>
    Object.keys(FILES).filter((file) => file.slice(0, file.lastIndexOf('/')) === folder);
  Object.assign(workspace, {
    isTrusted,
    workspaceFolders: [{ uri: Uri.file('/shop'), name: 'shop', index: 0 }],
    getConfiguration: () => ({ get: () => '/own' }),
    findFiles: () =>
      Promise.resolve(
        Object.keys(FILES)
          .filter((file) => file.startsWith('/shop'))
          .map((file) => Uri.file(file)),
      ),
    fs: {
      stat: (uri: Uri) => Promise.resolve({ size: textOf(uri).length }),
      readFile: (uri: Uri) => Promise.resolve(new TextEncoder().encode(textOf(uri))),
      readDirectory: (uri: Uri) => {
        const names = inFolder(uri.path).map((file) => file.slice(uri.path.length + 1));
        return names.length > 0
          ? Promise.resolve(names.map((name) => [name, FileType.File]))
          : Promise.reject(new Error('no such folder'));
      },
    },
  });
}

it('reads the files of the workspace and those of the person, each once', async () => {
  open(true);
  const { strategies, problems } = await findStrategies(readStrategy);
  expect(strategies.slice(0, BUILT_IN_STRATEGIES.length)).toEqual(BUILT_IN_STRATEGIES);
  expect(strategies.slice(BUILT_IN_STRATEGIES.length).map(({ id, name }) => [id, name])).toEqual([
    ['duck', 'Rubber duck'],
    ['top', 'Top'],
    ['deep', 'Deep'],
    ['mine', 'Mine'],
  ]);
  expect(problems.map(({ file, line, message }) => `${file.path}:${line} ${message}`)).toEqual([
    '/shop/.multipath/single.multipath.yaml:1 Another strategy is called “single”. Rename this file.',
    '/shop/docs/broken.multipath.yaml:2 “steps” is a list: begin each step with “- name: …”.',
    '/shop/docs/huge.multipath.yaml:1 A strategy has at most 256 KB. Make the prompts shorter.',
  ]);
});

it('reads none in a workspace that is not trusted', async () => {
  open(false);
  expect(await findStrategies(readStrategy)).toEqual({
    strategies: BUILT_IN_STRATEGIES,
    problems: [],
  });
});
