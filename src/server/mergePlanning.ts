/** Finds out what merging one branch into another would do, without counting as use of either. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MultipathError } from '../core/errors.ts';
import { commonAncestor } from '../core/lineage.ts';
import {
  chooseMessages,
  mergedOf,
  originsOf,
  type MergeCandidate,
  type MergeMode,
  type MergePlan,
} from '../core/merge.ts';
import { editedOnBoth, FileEdits } from '../core/mergeFiles.ts';
import type { Message } from '../core/message.ts';
import type { Session } from '../core/session.ts';
import type { StoreCore } from '../store/storeCore.ts';
import { branchReader, lineageFinder } from './storeReading.ts';

/** Messages read at a time. */
const PAGE = 200;

/**
 * @param wanted indexes in the source; all of its own messages when absent
 * @throws MultipathError `not-found`; `bad-request` for branches that are not of one family, and for
 *   indexes that are not of the source's own messages
 */
export async function planMerge(
  core: StoreCore,
  targetId: string,
  sourceId: string,
  mode: MergeMode,
  wanted: readonly number[] | undefined,
): Promise<MergePlan> {
  const target = core.catalogue.get(targetId);
  const source = core.catalogue.get(sourceId);
  const sharedCount = sharedBy(core, target, source);
  for (const index of wanted ?? []) checkIndex(index, sharedCount, source.messageCount);

  const into = core.merges.into(targetId);
  const present = core.merges.origins(into ?? targetId, mode);
  const targetEdits = new FileEdits();
  let targetMessages = 0;
  for await (const message of sinceThen(core, target, sharedCount, into)) {
    present.add(message.id);
    if (mergedOf(message)) continue;
    targetMessages++;
    targetEdits.add(message);
  }
  const candidates: MergeCandidate[] = [];
  const sourceEdits = new FileEdits();
  for await (const message of messagesFrom(core, source, sharedCount)) {
    sourceEdits.add(message);
    candidates.push({
      index: message.index,
      origins: originsOf(message),
      open: message.content.some((block) => block.type === 'tool' && !block.result),
    });
  }
  const chosen = chooseMessages(candidates, present, wanted && new Set(wanted));
  const edits = editedOnBoth(targetEdits.sides(), sourceEdits.sides(new Set(chosen.messages)));
  return {
    targetId,
    sourceId,
    sharedCount,
    ...chosen,
    conflicts: { targetMessages, files: edits.map(({ path }) => path), edits },
    ...(into !== undefined && { into }),
  };
}

/** What the target said since, and where a branch of ours lies over it, what was said in that. */
async function* sinceThen(
  core: StoreCore,
  target: Session,
  sharedCount: number,
  into: string | undefined,
): AsyncGenerator<Message> {
  yield* messagesFrom(core, target, sharedCount);
  const over = into === undefined || into === target.id ? undefined : core.catalogue.get(into);
  if (over) yield* messagesFrom(core, over, over.inheritedCount);
}

function sharedBy(core: StoreCore, target: Session, source: Session): number {
  if (target.id === source.id) {
    throw new MultipathError('bad-request', 'A branch cannot be merged into itself.');
  }
  const ancestor = commonAncestor([target.id, source.id], lineageFinder(core));
  if (!ancestor) {
    throw new MultipathError(
      'bad-request',
      'These sessions have no common ancestor. Only branches of one family can be merged.',
    );
  }
  return Math.min(ancestor.sharedCount, target.messageCount, source.messageCount);
}

function checkIndex(index: number, first: number, end: number): void {
  if (Number.isInteger(index) && index >= first && index < end) return;
  throw new MultipathError(
    'bad-request',
    first < end
      ? `Message ${index + 1} cannot be merged. Choose from ${first + 1} to ${end}: what comes before is shared already.`
      : 'The fork has no messages of its own yet, so there is nothing to merge.',
  );
}

async function* messagesFrom(
  core: StoreCore,
  { id, messageCount }: Session,
  from: number,
): AsyncGenerator<Message> {
  const reader = branchReader(core);
  for (let start = from; start < messageCount; start += PAGE) {
    yield* await reader.readMessages(id, start, Math.min(start + PAGE, messageCount));
    // What is in memory is read without a pause, and others wait.
    await nextTurn();
  }
}
