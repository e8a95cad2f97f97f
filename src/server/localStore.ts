/**
 * The store as its owner sees it: SessionStore over the files, put together from its operations.
 * Everything another process may ask for passes through here; what was changed is announced once
 * it is on disk.
 */
import { MultipathError } from '../core/errors.ts';
import type { SessionStore, StoreStatus } from '../core/sessionStore.ts';
import { comparisonOperations } from './operations/comparisons.ts';
import { OperationContext, type StoreParts } from './operations/context.ts';
import { fileOperations } from './operations/files.ts';
import { findingOperations } from './operations/finding.ts';
import { forkOperations } from './operations/forks.ts';
import { importOperations } from './operations/imports.ts';
import { messageOperations } from './operations/messages.ts';
import { sessionOperations } from './operations/sessions.ts';
import { keepSnapshots } from './snapshotKeeping.ts';
import { tierOperations } from './operations/tiers.ts';
import { upkeepOperations } from './operations/upkeep.ts';

export interface LocalStore extends SessionStore {
  /** Why nothing may be written, in words for the person. */
  readonly readOnlyBecause?: string;
  /** The records of an agent's file as it was last read, all its bytes. Fails with `not-found`. */
  readSource(file: string): AsyncIterable<readonly Uint8Array[]>;
  /**
   * Ends what is under way, makes everything durable and lets the files go. Resolves also when a
   * write failed before: what could not be kept is reported, and the next opening finds the rest.
   */
  close(): Promise<void>;
}

export function createLocalStore(parts: StoreParts): LocalStore {
  const context = new OperationContext(parts);
  const { core, importer } = parts;
  const writable = core.readOnlyBecause === undefined;
  if (writable) core.facts.start();
  const snapshots = writable ? keepSnapshots(context) : undefined;
  importer.onImported = (changed, removed) => context.announce(changed, removed);
  importer.onProgress = (progress) => context.emit({ type: 'import', progress });
  const { readOnlyBecause } = core;
  return {
    ...(readOnlyBecause !== undefined && { readOnlyBecause }),
    getStatus: () => context.read(() => statusOf(context)),
    ...sessionOperations(context),
    ...messageOperations(context),
    ...forkOperations(context),
    ...findingOperations(context),
    ...comparisonOperations(context),
    ...tierOperations(context),
    ...fileOperations(context),
    ...importOperations(context),
    ...upkeepOperations(context),
    onDidChange: (listener) => context.onDidChange(listener),
    readSource: (file) => {
      const known = core.logs.ofFile(file);
      if (!known) throw new MultipathError('not-found', `${file} was never imported.`);
      return core.records.readAll(known.log);
    },
    close: async () => {
      snapshots?.end();
      await context.tasks.close();
      await closeStore(parts);
    },
  };
}

function statusOf({ core, storePath, revision }: OperationContext): StoreStatus {
  const { notice, readOnlyBecause, database, catalogue } = core;
  const told = readOnlyBecause ?? notice;
  return {
    role: readOnlyBecause === undefined ? 'owner' : 'read-only',
    ...(told !== undefined && { notice: told }),
    ownerPid: process.pid,
    serverPid: process.pid,
    storePath,
    storageMode: database.mode,
    revision,
    sessions: catalogue.count(),
  };
}

async function closeStore({ core, importer, search }: StoreParts): Promise<void> {
  await importer.dispose();
  await search?.close();
  const { moves, access, archive, database, requests, facts, readOnlyBecause } = core;
  await moves.idle();
  access.dispose();
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      importer.report(error);
    }
  };
  if (readOnlyBecause === undefined) {
    await facts.close();
    attempt(() => {
      access.flush();
      requests.prune();
    });
  }
  attempt(() => database.close());
  archive.close();
}
