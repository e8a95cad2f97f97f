/**
 * One query over all shards: newest first, shards that can hold nothing newer than what was found
 * left out; then, where ranking is asked for, the best of the newest first.
 */
import { bm25, combine, type Collection } from './bm25.ts';
import type { MessagePlace } from './documents.ts';
import type { Shard, ShardHit } from './shard.ts';

/** Rows that one query may look at, hits in sessions that were not chosen included. */
const ROW_BUDGET = 300_000;
/** With more logs than these it takes longer to look each up than to read on. */
const FEW_LOGS = 200;

/** Which branches of logs may be found; keys are made by `branchKey`. */
export interface Scope {
  readonly only: boolean;
  /** The only ones, or all but these. */
  readonly keys: ReadonlySet<number>;
}

export interface IndexQuery {
  readonly match: string;
  readonly after?: number;
  readonly before?: number;
  /** So many of the newest hits are looked at. */
  readonly window: number;
  readonly order: 'relevance' | 'newest';
  readonly scope: Scope;
}

export interface FoundMessage extends MessagePlace {
  readonly at: number;
  readonly score: number;
}

export interface Found {
  /** In the order asked for. */
  readonly messages: readonly FoundMessage[];
  /** True when there may be older hits than these. */
  readonly more: boolean;
}

const BRANCHES = 1 << 20;

export function branchKey(log: number, branch: number): number {
  return log * BRANCHES + branch;
}

function logOf(key: number): number {
  return Math.floor(key / BRANCHES);
}

/** `attempt` runs the work on a shard, or sees to it that the shard is damaged and goes on. */
export function searchShards(
  shards: readonly Shard[],
  query: IndexQuery,
  attempt: (shard: Shard, work: () => void) => void,
): Found {
  const { match, after, before, window, order, scope } = query;
  const ranked = order === 'relevance';
  const logs = scope.only ? [...new Set([...scope.keys].map(logOf))] : undefined;
  const collections: Collection[] = [];
  let hits: ShardHit[] = [];
  let budget = ROW_BUDGET;
  let more = false;

  for (const { shard, newest } of newestFirst(shards, attempt)) {
    const oldest = hits.length < window ? 0 : (hits.at(-1)?.id ?? 0);
    if (newest <= oldest || budget <= 0) {
      more = true;
      continue;
    }
    attempt(shard, () => {
      const answer = shard.search({
        match,
        limit: window,
        ranked,
        budget,
        accepts: (log, branch) => scope.keys.has(branchKey(log, branch)) === scope.only,
        ...(oldest > 0 && { fromId: oldest }),
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
        ...(logs && logs.length <= FEW_LOGS && { logs }),
      });
      budget -= answer.rows;
      if (answer.collection) collections.push(answer.collection);
      if (answer.hits.length >= window || budget <= 0) more = true;
      hits = newestOf([...hits, ...answer.hits], window);
    });
  }
  return { messages: ranked ? rank(hits, collections) : hits.map(unranked), more };
}

function newestFirst(
  shards: readonly Shard[],
  attempt: (shard: Shard, work: () => void) => void,
): { readonly shard: Shard; readonly newest: number }[] {
  const known: { readonly shard: Shard; readonly newest: number }[] = [];
  for (const shard of shards) attempt(shard, () => known.push({ shard, newest: shard.newest }));
  return known.sort((a, b) => b.newest - a.newest);
}

/** A message may stand in two shards for a moment, after a crash: it is found once. */
function newestOf(hits: readonly ShardHit[], count: number): ShardHit[] {
  const seen = new Set<string>();
  return hits
    .toSorted((a, b) => b.id - a.id)
    .filter(({ log, branch, seq }) => {
      const key = `${log}:${branch}:${seq}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, count);
}

function rank(hits: readonly ShardHit[], collections: readonly Collection[]): FoundMessage[] {
  const collection = combine(collections);
  return hits
    .map((hit) => ({
      ...placeOf(hit),
      at: hit.at,
      score: hit.occurrences ? bm25(collection, hit.occurrences) : 0,
    }))
    .sort((a, b) => b.score - a.score || b.at - a.at);
}

function unranked(hit: ShardHit): FoundMessage {
  return { ...placeOf(hit), at: hit.at, score: 0 };
}

function placeOf({ log, branch, position, seq }: MessagePlace): MessagePlace {
  return { log, branch, position, seq };
}
