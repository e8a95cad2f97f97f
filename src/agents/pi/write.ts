/**
 * Writes a fork as pi's own `createBranchedSession` does: the entries from the first to the last one
 * with the ids they have, a header of its own that names the source, and the labels of what was kept
 * anew at the end. Entries that hung on a label hang on what the label hung on.
 */
import { v7 as uuidv7 } from 'uuid';
import { exactObject } from '../exactJson.ts';
import { asObject, asString, decodeRecord, type JsonObject } from '../json.ts';
import {
  derivedUuid,
  isoTime,
  numbered,
  type AgentWriter,
  type ForkDraft,
  type ForkFacts,
  type ForkSource,
  type OwnPart,
} from '../writer.ts';
import { STARTS_RECORD } from './entry.ts';
import { saidEntries } from './said.ts';

/** The form whose entries have ids; older files are lines without them. */
const VERSION = 3;
const HEADERS: ReadonlySet<unknown> = new Set(['session', 'title']);

export const writer: AgentWriter = {
  needsAnswer: true,
  newId: (now) => uuidv7({ msecs: now }),
  draft,
  resume: (_id, path) => ({ program: 'pi', args: ['--session', path] }),
  website: 'https://github.com/badlogic/pi-mono/tree/main/packages/coding-agent',
};

interface Link {
  readonly seq: number;
  readonly id: string | undefined;
  /** `undefined` in files whose entries have no links. */
  readonly parent: string | null | undefined;
  readonly type: string;
}

interface KeptEntry {
  /** Absent where the entry keeps the parent it names, or names none. */
  readonly parent?: string | null;
}

interface Label {
  readonly target: string;
  readonly label: string;
  readonly timestamp: unknown;
}

interface PiPath {
  readonly header: JsonObject;
  readonly kept: ReadonlyMap<number, KeptEntry>;
  readonly leaf: string | null;
  readonly labels: readonly Label[];
}

async function draft(source: ForkSource, facts: ForkFacts): Promise<ForkDraft> {
  const [part] = source.own;
  const path = part && (await pathOf(part));
  const { id, now, cwd, sameFolder } = facts;
  const folder = `--${cwd.replace(/^[/\\]/, '').replace(/[/\\:]/g, '-')}--`;
  return {
    folder: part && sameFolder ? 'beside-source' : ['sessions', folder],
    name: `${isoTime(now).replace(/[:.]/g, '-')}_${id}.jsonl`,
    lines: () => lines(source, facts, path),
    notes: [],
  };
}

async function* lines(
  source: ForkSource,
  facts: ForkFacts,
  path: PiPath | undefined,
): AsyncGenerator<string> {
  const [part] = source.own;
  const { id, now, cwd, lineage, title } = facts;
  const isLinked = path?.leaf !== null;
  yield JSON.stringify(headerOf(path?.header, isLinked, facts, part?.path));
  if (part && path) {
    for await (const [seq, bytes] of numbered(part)) {
      const kept = path.kept.get(seq);
      const entry = kept && exactObject(bytes, STARTS_RECORD);
      if (entry)
        yield JSON.stringify('parent' in kept ? { ...entry, parentId: kept.parent } : entry);
    }
  }
  const chain = new Chain(id, path?.leaf ?? null, isLinked);
  for await (const { entry, time } of saidEntries(source, now)) {
    yield JSON.stringify(chain.next(entry, isoTime(time)));
  }
  for (const { target, label, timestamp } of path?.labels ?? []) {
    yield JSON.stringify(chain.next({ type: 'label', targetId: target, label }, timestamp));
  }
  const at = isoTime(now);
  yield JSON.stringify(chain.next({ type: 'session_info', name: title }, at));
  const data = { ...lineage, cwd };
  yield JSON.stringify(chain.next({ type: 'custom', customType: 'multipath', data }, at));
}

function headerOf(
  header: JsonObject | undefined,
  isLinked: boolean,
  { id, now, cwd }: ForkFacts,
  source: string | undefined,
): JsonObject {
  const timestamp = isoTime(now);
  const version = typeof header?.['version'] === 'number' ? header['version'] : VERSION;
  const own = { type: 'session', version, id, timestamp, cwd };
  if (isLinked) return { ...own, ...(source !== undefined && { parentSession: source }) };
  // A file without links says so by having no version; pi brings it up to date when it opens it.
  return { ...header, id, timestamp, cwd, branchedFrom: source };
}

/** Entries that are added behind the last one. */
class Chain {
  readonly #id: string;
  readonly #isLinked: boolean;
  #count = 0;
  last: string | null;

  constructor(id: string, last: string | null, isLinked: boolean) {
    this.#id = id;
    this.last = last;
    this.#isLinked = isLinked;
  }

  next({ type, ...rest }: JsonObject, timestamp: unknown): JsonObject {
    if (!this.#isLinked) return { type, timestamp, ...rest };
    const id = derivedUuid(this.#id, String(this.#count++)).slice(0, 8);
    const parentId = this.last;
    this.last = id;
    return { type, id, parentId, timestamp, ...rest };
  }
}

async function pathOf(part: OwnPart): Promise<PiPath> {
  const links: Link[] = [];
  const labels = new Map<string, Label>();
  let header: JsonObject | undefined;
  for await (const [seq, bytes] of numbered(part)) {
    const record = asObject(decodeRecord(bytes, STARTS_RECORD).value);
    const type = asString(record?.['type']);
    if (!record || type === undefined) continue;
    if (type === 'session') header ??= record;
    if (HEADERS.has(type)) continue;
    const parent = record['parentId'];
    links.push({
      seq,
      id: asString(record['id']),
      parent: parent === null || typeof parent === 'string' ? parent : undefined,
      type,
    });
    if (type === 'label') noteLabel(labels, record);
  }
  const seqs = new Set(part.entries.flatMap((entry) => entry.seqs));
  const isLinked = links.some(({ parent }) => parent !== undefined);
  const kept = isLinked ? chainTo(links, seqs) : upTo(links, seqs);
  const leaf = isLinked ? (links.find(({ seq }) => seq === kept.leafSeq)?.id ?? null) : null;
  const ids = new Set(links.flatMap(({ seq, id }) => (kept.entries.has(seq) && id ? [id] : [])));
  return {
    header: header ?? {},
    kept: kept.entries,
    leaf,
    labels: [...labels.values()].filter(({ target }) => ids.has(target)),
  };
}

function noteLabel(labels: Map<string, Label>, record: JsonObject): void {
  const target = asString(record['targetId']);
  const label = asString(record['label']);
  if (target === undefined) return;
  if (label === undefined) labels.delete(target);
  else labels.set(target, { target, label, timestamp: record['timestamp'] });
}

interface Kept {
  readonly entries: ReadonlyMap<number, KeptEntry>;
  readonly leafSeq: number;
}

/** The chain from the deepest record of the last message to the beginning, in its own order. */
function chainTo(links: readonly Link[], seqs: ReadonlySet<number>): Kept {
  const byId = new Map(links.flatMap((link) => (link.id === undefined ? [] : [[link.id, link]])));
  const above = (link: Link): Link | undefined =>
    typeof link.parent === 'string' ? byId.get(link.parent) : undefined;
  const walk = (from: Link): Link[] => {
    const chain: Link[] = [];
    const passed = new Set<Link>();
    for (let at: Link | undefined = from; at && !passed.has(at); at = above(at)) {
      passed.add(at);
      chain.push(at);
    }
    return chain;
  };
  const chains = links.filter(({ seq }) => seqs.has(seq)).map(walk);
  const longest = chains.reduce((a, b) => (b.length >= a.length ? b : a), []);
  const kept = longest.filter(({ type }) => type !== 'label');
  const entries = kept.map((link, nth): readonly [number, KeptEntry] => {
    const parent = kept[nth + 1]?.id ?? null;
    return [link.seq, parent === link.parent ? {} : { parent }];
  });
  return { entries: new Map(entries.reverse()), leafSeq: kept[0]?.seq ?? -1 };
}

/** A file without links is a line: everything up to the last record of the last message. */
function upTo(links: readonly Link[], seqs: ReadonlySet<number>): Kept {
  const leafSeq = Math.max(-1, ...seqs);
  const kept = links.filter(({ seq }) => seq <= leafSeq);
  return { entries: new Map(kept.map(({ seq }) => [seq, {}])), leafSeq };
}
