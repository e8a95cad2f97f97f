/**
 * The search worker: owns the files of the full-text index, prepares texts, answers queries and
 * cuts snippets, away from the thread that answers requests. Requests are taken one at a time.
 */
import { parentPort } from 'node:worker_threads';
import { AGENTS } from '../agents/agents.ts';
import { messageOf, MultipathError } from '../core/errors.ts';
import { INDEX_LIMITS, indexText, piecesOf } from '../search/indexedText.ts';
import { SearchIndex } from '../search/searchIndex.ts';
import { isDamage } from '../search/shardSet.ts';
import type { NewDocument } from '../search/documents.ts';
import { beginningOf, snippetOf } from '../search/snippet.ts';
import { NATIVE_AGENT } from '../store/nativeLog.ts';
import { nativeRenderer } from '../store/nativeRenderer.ts';
import { loadSqlJs } from '../store/pages/loadSqlJs.ts';
import { letGo } from './letGo.ts';
import {
  unpack,
  type FromSearchWorker,
  type IndexableMessage,
  type PackedMessages,
  type ReadableMessage,
  type SearchAnswer,
  type SearchArgument,
  type SearchRequestName,
  type ToSearchWorker,
} from './searchMessages.ts';

/** Grows when texts are cut or prepared in another way: an older index is made anew. */
const PREPARATION = 1;

const port = parentPort;
if (!port) throw new Error('search.worker runs in a worker thread only.');

const renderers = new Map([
  ...AGENTS.map(({ id, renderer }) => [id, renderer] as const),
  [NATIVE_AGENT, nativeRenderer] as const,
]);
const loaded = loadSqlJs();
let opened: SearchIndex | undefined;

const post = (message: FromSearchWorker): void => port.postMessage(message);

function index(): SearchIndex {
  if (!opened) throw new Error('The search index was not opened.');
  return opened;
}

/** Work that has no answer but its end. */
function done(work: () => void): undefined {
  work();
  return undefined;
}

function pieces({ agent, entry }: ReadableMessage, records: readonly Uint8Array[]): string[] {
  const rendered = renderers.get(agent)?.render(entry, records, INDEX_LIMITS);
  return rendered ? piecesOf(rendered) : [];
}

function documents(texts: PackedMessages<IndexableMessage>): NewDocument[] {
  const found = [...unpack(texts)].map(([message, records]) => {
    const { log, branch, position, seq, at, mark } = message;
    return { log, branch, position, seq, at, mark, terms: indexText(pieces(message, records)) };
  });
  letGo(texts.bytes);
  return found;
}

function snippets({ texts, phrases }: SearchArgument<'snippets'>): SearchAnswer<'snippets'> {
  const found = [...unpack(texts)].map(([message, records]) => {
    const text = pieces(message, records);
    return snippetOf(text, phrases) ?? beginningOf(text);
  });
  letGo(texts.bytes);
  return found;
}

type Handlers = {
  readonly [K in SearchRequestName]: (
    argument: SearchArgument<K>,
  ) => SearchAnswer<K> | Promise<SearchAnswer<K>>;
};

const handlers: Handlers = {
  open: async ({ folder, epoch, readOnly, limits }) => {
    opened = new SearchIndex({
      sql: await loaded,
      folder,
      purpose: `${epoch}/${PREPARATION}`,
      readOnly,
      limits,
      now: Date.now,
      onDamage: (message) => post({ type: 'log', message }),
    });
    return undefined;
  },
  revisions: () => index().revisions(),
  compare: ({ log, parts }) => index().compare(log, parts),
  reconcile: ({ log, parts, wanted }) => index().reconcile(log, parts, wanted),
  add: (texts) => done(() => index().add(documents(texts))),
  finish: (log) => done(() => index().finish(log)),
  forget: (logs) => done(() => index().forget(logs)),
  commit: () => done(() => index().commit()),
  tidy: (which) => index().tidy(which),
  nextRebuild: (limit) => index().nextRebuild(limit),
  addRebuilt: ({ texts, lost }) => done(() => index().addRebuilt(documents(texts), lost)),
  search: (query) => index().search(query),
  snippets,
  documents: () => [...index().documents()],
  close: () => {
    opened?.close();
    opened = undefined;
    return undefined;
  },
};

async function answer<K extends SearchRequestName>(request: ToSearchWorker<K>): Promise<void> {
  const { id, name, argument } = request;
  try {
    post({ type: 'answer', id, value: await handlers[name](argument) });
  } catch (error) {
    post({
      type: 'error',
      id,
      message: messageOf(error),
      damaged: isDamage(error),
      poisoned: MultipathError.is(error, 'poisoned'),
    });
  }
}

let previous = Promise.resolve();
port.on('message', (request: ToSearchWorker) => {
  previous = previous.then(() => answer(request));
});
