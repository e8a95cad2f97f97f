/** From linked entries to the branches of a log, with what lists need of every message. */
import { addTokens, type TokenUsage } from '../../core/message.ts';
import type { DerivedBranch, OutlineEntry } from '../../core/reader.ts';
import { branchesOf, named, type OpenBranch } from './branches.ts';
import type { Entry } from './entry.ts';
import { groupEntries, roleOf, type Group } from './groups.ts';
import type { Links } from './links.ts';
import type { Names } from './names.ts';
import type { TaskCalls } from './taskCalls.ts';
import type { UsageTable } from './usage.ts';

/** The provider of a model; absent for models that stand behind a proxy. */
export function providerOf(model: string | undefined): string | undefined {
  return model?.includes('claude') ? 'anthropic' : undefined;
}

/** Entries and how they hang together. */
export interface Linked {
  readonly entries: readonly Entry[];
  readonly links: Links;
}

/** What is derived for: the log's tables. */
interface Tables {
  readonly names: Names;
  readonly usage: UsageTable;
  readonly tasks: TaskCalls;
}

/**
 * The branches of the conversation, then those of each sidechain. A log with sidechains has a live
 * branch, if an empty one: they belong to it.
 */
export function deriveBranches(
  main: Linked,
  sides: Linked | undefined,
  tables: Tables,
): DerivedBranch[] {
  const outlines = new Outlines(tables.names, tables.usage);
  const branches = openBranches(main, outlines).map((branch, index): DerivedBranch => {
    const { key = '', entries, parent, title } = branch;
    if (index === 0) return { key: 'main', entries };
    return { key, entries, ...(parent && { parent }), ...(title && { title }) };
  });
  const open = sides ? openBranches(sides, outlines) : [];
  if (open.length === 0) return named(branches);
  if (branches.length === 0) branches.push({ key: 'main', entries: [] });
  const before = branches.length;
  const trunks = open.filter(({ parent }) => parent === undefined);
  const calls = tables.tasks.startedBy(trunks.map(({ entries }) => entries));
  const callOf = new Map(trunks.map((trunk, index) => [trunk, calls[index]]));
  return named([
    ...branches,
    ...open.map((branch): DerivedBranch => {
      const { key = '', entries, parent, title } = branch;
      const call = callOf.get(branch);
      return {
        key: `sidechain ${key}`,
        entries,
        ...(parent && { parent: { ...parent, branch: parent.branch + before } }),
        ...(title && { title }),
        sidechain: { ...(call && { call }) },
      };
    }),
  ]);
}

function openBranches({ entries, links }: Linked, outlines: Outlines): OpenBranch[] {
  return branchesOf(
    groupEntries(entries, links),
    (group) => outlines.of(group),
    ({ rank }) => links.strands[links.order[rank] ?? 0] ?? 0,
  );
}

/** Most messages are one record. */
function seqsOf(entries: readonly Entry[]): readonly number[] {
  const [first] = entries;
  if (first && entries.length === 1 && first.also === undefined) return [first.seq];
  return entries
    .flatMap(({ seq, also }) => (also === undefined ? [seq] : [seq, also]))
    .sort((x, y) => x - y);
}

/** Tokens go to the first message that reports them, so messages are to come in order. */
class Outlines {
  readonly #names: Names;
  readonly #usage: UsageTable;
  readonly #counted = new Set<number>();

  constructor(names: Names, usage: UsageTable) {
    this.#names = names;
    this.#usage = usage;
  }

  of(group: Group): OutlineEntry {
    const { first, entries } = group;
    let tokens: TokenUsage | undefined;
    let tools = 0;
    let errors = 0;
    let model: string | undefined;
    for (const { detail } of entries) {
      if (!detail) continue;
      const own = this.#tokens(detail.usage);
      if (own) tokens = tokens ? addTokens(tokens, own) : own;
      tools += detail.calls.length + detail.serverCalls;
      errors += detail.errors;
      model ??= detail.model;
    }
    const nativeId = this.#names.nameOf(first.uuid);
    const copied = first.detail?.forkedFrom?.record;
    const lineageId = copied === undefined ? nativeId : this.#names.nameOf(copied);
    const timestamp = first.detail?.timestamp;
    const provider = providerOf(model);
    // Assigned one by one: a log has tens of thousands of them, and spreading takes its time.
    const entry: { -readonly [K in keyof OutlineEntry]: OutlineEntry[K] } = {
      role: roleOf(group.kind),
      seqs: seqsOf(entries),
    };
    if (nativeId !== undefined) entry.nativeId = nativeId;
    if (lineageId !== undefined) entry.lineageId = lineageId;
    if (timestamp !== undefined) entry.timestamp = timestamp;
    if (model !== undefined) entry.model = model;
    if (provider !== undefined) entry.provider = provider;
    if (tokens) entry.tokens = tokens;
    if (group.open) entry.open = true;
    if (tools > 0) entry.tools = tools;
    if (errors > 0) entry.errors = errors;
    if (group.break) entry.notice = group.break;
    return entry;
  }

  #tokens(response: number): TokenUsage | undefined {
    if (response === -1 || this.#counted.has(response)) return undefined;
    this.#counted.add(response);
    return this.#usage.tokensOf(response);
  }
}
