/** From linked entries to the branches of a log, with what lists need of every message. */
import { addTokens, type TokenUsage } from '../../core/message.ts';
import type { DerivedBranch, OutlineEntry } from '../../core/reader.ts';
import { branchesOf } from './branches.ts';
import type { Entry } from './entry.ts';
import { groupEntries, roleOf, type Group } from './groups.ts';
import type { Links } from './links.ts';
import type { Names } from './names.ts';
import type { UsageTable } from './usage.ts';

/** The provider of a model; absent for models that stand behind a proxy. */
export function providerOf(model: string | undefined): string | undefined {
  return model?.includes('claude') ? 'anthropic' : undefined;
}

export function deriveBranches(
  entries: readonly Entry[],
  links: Links,
  names: Names,
  usage: UsageTable,
): DerivedBranch[] {
  const outlines = new Outlines(names, usage);
  return branchesOf(groupEntries(entries, links), (group) => outlines.of(group));
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
    return {
      role: roleOf(group.kind),
      seqs: entries.map((entry) => entry.seq).sort((a, b) => a - b),
      ...(nativeId !== undefined && { nativeId }),
      ...(lineageId !== undefined && { lineageId }),
      ...(timestamp !== undefined && { timestamp }),
      ...(model !== undefined && { model }),
      ...(provider !== undefined && { provider }),
      ...(tokens && { tokens }),
      ...(group.open && { open: true }),
      ...(tools > 0 && { tools }),
      ...(errors > 0 && { errors }),
      ...(group.break && { notice: group.break }),
    };
  }

  #tokens(response: number): TokenUsage | undefined {
    if (response === -1 || this.#counted.has(response)) return undefined;
    this.#counted.add(response);
    return this.#usage.tokensOf(response);
  }
}
