/** From linked entries to the branches of a log, with what lists need of every message. */
import { addTokens, NO_TOKENS, type TokenUsage } from '../../core/message.ts';
import type { DerivedBranch, OutlineEntry } from '../../core/reader.ts';
import type { Entry } from './entry.ts';
import { branchesOf } from './branches.ts';
import { groupEntries, type Group } from './groups.ts';
import type { Links } from './links.ts';

/** `usage` holds the tokens of every API response of the file, by the key entries carry. */
export function deriveBranches(
  entries: readonly Entry[],
  links: Links,
  usage: ReadonlyMap<string, TokenUsage>,
): DerivedBranch[] {
  const counted = new Set<string>();
  const tokensOf = (entry: Entry): TokenUsage | undefined => {
    const own = entry.detail?.usage;
    if (!own || own.key === '') return own?.tokens;
    if (counted.has(own.key)) return undefined;
    counted.add(own.key);
    return usage.get(own.key) ?? own.tokens;
  };
  return branchesOf(groupEntries(entries, links), (group) => outlineOf(group, tokensOf));
}

function outlineOf(group: Group, tokensOf: (entry: Entry) => TokenUsage | undefined): OutlineEntry {
  const { first } = group;
  let tokens: TokenUsage | undefined;
  let tools = 0;
  let errors = 0;
  for (const entry of group.entries) {
    const own = tokensOf(entry);
    if (own) tokens = addTokens(tokens ?? NO_TOKENS, own);
    const { detail } = entry;
    tools += (detail?.calls.length ?? 0) + (detail?.serverCalls ?? 0);
    errors += detail?.results.filter((result) => result.isError).length ?? 0;
  }
  const model = group.entries.find((entry) => entry.detail?.model)?.detail?.model;
  const lineageId = first.detail?.forkedFrom?.messageId ?? first.uuid;
  const seqs = [...new Set(group.entries.map((entry) => entry.seq))].sort((a, b) => a - b);
  return {
    role: group.role,
    seqs,
    ...(first.uuid !== undefined && { nativeId: first.uuid }),
    ...(lineageId !== undefined && { lineageId }),
    ...(first.timestamp !== undefined && { timestamp: first.timestamp }),
    ...(model !== undefined && { model }),
    ...(model?.includes('claude') && { provider: 'anthropic' }),
    ...(tokens && { tokens }),
    ...(group.open && { open: true }),
    ...(tools > 0 && { tools }),
    ...(errors > 0 && { errors }),
    ...(group.break && { notice: group.break }),
  };
}
