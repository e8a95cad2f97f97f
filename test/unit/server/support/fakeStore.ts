/**
 * A SessionStore that keeps what matters here and nothing else: an append-only file of operations
 * with their request ids. Its `open` lines say which process wrote when, so that a second writer
 * would be seen. Some texts make it misbehave, for tests of what comes after.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { MultipathError } from '../../../../src/core/errors.ts';
import type { Session } from '../../../../src/core/session.ts';
import type { StoreEvent } from '../../../../src/core/sessionStore.ts';
import { storeOver } from '../../../../src/protocol/storeProxy.ts';
import type { OpenedStore } from '../../../../src/server/storeGateway.ts';
import { session } from '../../core/messages.ts';

/** The store's process is killed once the message is on disk, before it is acknowledged. */
export const DIE_AFTER_WRITE = 'die after write';
/** An error is thrown where nobody catches it. */
export const THROW_LATER = 'throw later';
/** The store is poisoned by it, once the message is on disk. */
export const POISON = 'poison';

export type Operation =
  | { readonly kind: 'open'; readonly pid: number }
  | {
      readonly kind: 'create' | 'append';
      readonly pid: number;
      readonly requestId: string;
      readonly sessionId: string;
      readonly texts: readonly string[];
    };

function logPath(storePath: string): string {
  return join(storePath, 'operations.jsonl');
}

export function readOperations(storePath: string): Operation[] {
  if (!existsSync(logPath(storePath))) return [];
  return readFileSync(logPath(storePath), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Operation);
}

/** Texts of a session, in order, as they stand on disk. */
export function textsOnDisk(storePath: string, sessionId: string): string[] {
  return readOperations(storePath).flatMap((operation) =>
    operation.kind === 'append' && operation.sessionId === sessionId ? operation.texts : [],
  );
}

function sessionOf(id: string, messageCount: number): Session {
  return session(id, { title: `session ${id}`, kind: 'created', messageCount });
}

/** What it returns or throws, as a promise. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}

export function openFakeStore(storePath: string, readOnly = false): Promise<OpenedStore> {
  const listeners = new Set<(event: StoreEvent) => void>();
  const counts = new Map<string, number>();
  const done = new Map<string, string>();
  let revision = 0;
  let poisoned = false;

  const apply = (operation: Operation) => {
    revision++;
    if (operation.kind === 'open') return;
    done.set(operation.requestId, operation.sessionId);
    const { sessionId, texts } = operation;
    counts.set(sessionId, (counts.get(sessionId) ?? 0) + texts.length);
  };
  const write = (operation: Operation) => {
    appendFileSync(logPath(storePath), `${JSON.stringify(operation)}\n`);
    apply(operation);
  };
  for (const operation of readOperations(storePath)) apply(operation);
  if (!readOnly) write({ kind: 'open', pid: process.pid });

  const change = (
    kind: 'create' | 'append',
    sessionId: string,
    texts: readonly string[],
    requestId: string = uuidv7(),
  ): Session => {
    if (poisoned) throw new MultipathError('poisoned', 'A write failed. Reopen the store.');
    const earlier = done.get(requestId);
    if (earlier !== undefined) return sessionOf(earlier, counts.get(earlier) ?? 0);
    write({ kind, pid: process.pid, requestId, sessionId, texts });
    if (texts.includes(DIE_AFTER_WRITE)) process.kill(process.pid, 'SIGKILL');
    if (texts.includes(THROW_LATER)) {
      setTimeout(() => {
        throw new Error('thrown where nobody catches it');
      });
    }
    if (texts.includes(POISON)) {
      poisoned = true;
      throw new MultipathError('poisoned', 'A write failed. Reopen the store.');
    }
    const event: StoreEvent = { type: 'sessions', revision, changed: [sessionId], removed: [] };
    for (const listener of listeners) listener(event);
    return sessionOf(sessionId, counts.get(sessionId) ?? 0);
  };

  const unsupported = storeOver(
    (name) => Promise.reject(new MultipathError('bad-request', `The fake store has no ${name}.`)),
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  );
  return Promise.resolve({
    ...unsupported,
    createSession: ({ requestId }) => attempt(() => change('create', uuidv7(), [], requestId)),
    appendMessages: (id, messages, options) =>
      attempt(() => {
        if (!counts.has(id)) throw new MultipathError('not-found', `There is no session ${id}.`);
        const texts = messages.map(({ text }) => text);
        return change('append', id, texts, options?.requestId);
      }),
    getSession: (id) => {
      const count = counts.get(id);
      return Promise.resolve(count === undefined ? undefined : sessionOf(id, count));
    },
    getStatus: () =>
      Promise.resolve({
        role: 'owner',
        ownerPid: process.pid,
        serverPid: process.pid,
        storePath,
        storageMode: 'paged',
        revision,
        sessions: counts.size,
      }),
    close: () => Promise.resolve(),
  });
}
