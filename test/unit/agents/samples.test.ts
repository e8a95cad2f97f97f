/** The reader against real recordings and against what the official SDK made of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firstCharacters } from '../../../src/agents/json.ts';
import { read, render, shape } from './support/logBuilder.ts';

const ROOT = join(import.meta.dirname, '../../../../shared/samples/claude-code');
const ORACLE = join(ROOT, 'generated/sdk-oracle.json');
const present = existsSync(ORACLE);

interface Expected {
  readonly error?: string;
  readonly chain?: number;
  readonly user?: number;
  readonly assistant?: number;
  readonly first?: string | null;
  readonly leaf?: string | null;
  readonly title?: string | null;
}

const oracle = (present ? JSON.parse(readFileSync(ORACLE, 'utf8')) : {}) as Readonly<
  Record<string, Expected>
>;
const files = present
  ? readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.jsonl'),
    )
  : [];
const load = (name: string) => read(readFileSync(join(ROOT, name)), join(ROOT, name));

describe.skipIf(!present)('real recordings', () => {
  it.each(Object.keys(oracle))('reads %s as the SDK does', (name) => {
    const expected = oracle[name] ?? {};
    const { reader } = load(name);
    const { length, user, assistant, first, leaf } = reader.activeBranch();
    const title = reader.officialTitle();
    if (expected.error !== undefined) {
      // The SDK fails on bytes that are no UTF-8; the lines before them are ours all the same.
      expect(expected.error).toContain('UnicodeDecodeError');
      expect(length).toBeGreaterThan(0);
      return;
    }
    expect({
      chain: length,
      user,
      assistant,
      first,
      leaf,
      title: title === undefined ? null : firstCharacters(title, 120),
    }).toEqual({
      chain: expected.chain,
      user: expected.user,
      assistant: expected.assistant,
      first: expected.first,
      leaf: expected.leaf,
      title: expected.title,
    });
  });

  it.each(files)('takes %s apart and together again, and shows all of it', (name) => {
    const bytes = readFileSync(join(ROOT, name));
    const result = load(name);
    expect(Buffer.concat(result.records).equals(bytes)).toBe(true);
    const seqs = new Set<number>();
    for (const { entries } of result.log.branches) {
      for (const entry of entries) {
        expect(render(result, entry).length).toBeGreaterThanOrEqual(0);
        for (const seq of entry.seqs) {
          expect(seqs.has(seq)).toBe(false);
          seqs.add(seq);
        }
      }
    }
  });

  it.each(files.filter((name) => name.startsWith('entireio')))('sees no fork in %s', (name) => {
    expect(load(name).log.branches).toHaveLength(1);
  });

  it('sees the forks that are there', () => {
    const forks = Object.fromEntries(
      files
        .filter((name) => name.startsWith('generated'))
        .map((name) => [
          name.replace(/^generated.|\..*$/g, ''),
          shape(load(name)).map((branch) => branch.replace(/[^ ]{36}/g, '#')),
        ]),
    );
    expect(forks['rewind-3-branches']).toEqual(['# # # # # #', '0:2 # # #', '0:2 # #']);
    expect(forks['compact-after-rewind']).toEqual(['# # # # # # # # #', '0:2 # #']);
    expect(forks['compact-after-rewind-preserved-duplicate-uuid']).toEqual([
      '# # # # # # # # # #',
      '0:2 # #',
    ]);
    const single = Object.entries(forks).filter(([, branches]) => branches.length === 1);
    expect(Object.keys(forks)).toHaveLength(single.length + 3 + 1); // and one empty file
  });

  it('knows copies by their lineage', () => {
    const ids = (name: string, key: 'nativeId' | 'lineageId') =>
      load(name).log.branches[0]?.entries.map((entry) => entry[key]) ?? [];
    const source =
      'generated/cli-fork-session/4c2ddfdc-b619-4525-8d03-1950fb1b0257.source-copy.jsonl';
    const copy = 'generated/cli-fork-session/66d22876-72fd-4202-aa96-fb1a14a0f9e7.jsonl';
    const sdk = 'generated/sdk-fork/small.full.9578abdc-357f-4788-bfe3-1a1008ecd906.jsonl';
    const original = ids(source, 'lineageId');
    expect(ids(copy, 'lineageId').slice(0, original.length)).toEqual(original);
    expect(ids(copy, 'lineageId')).toHaveLength(original.length + 1);
    expect(ids(sdk, 'lineageId')).toEqual(original);
    expect(ids(sdk, 'nativeId')).not.toEqual(original);
  });
});
