/** Branches merged into others of their family, and merges taken back. */
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import {
  hasConflicts,
  originsOf,
  type MergeConflicts,
  type MergeFork,
  type MergeMode,
  type MergePlan,
  type SummaryAuthor,
} from '../../core/merge.ts';
import { summariseMessages } from '../../core/mergeSummary.ts';
import type { Message } from '../../core/message.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import type { MergedMessage } from '../../store/merges.ts';
import { nativeMessages } from '../../store/nativeSessions.ts';
import { planMerge } from '../mergePlanning.ts';
import { wholeMessages } from '../storeReading.ts';
import { type OperationContext, parser } from './context.ts';

type Operations = Pick<
  SessionStore,
  'planMerge' | 'mergeFork' | 'undoMerge' | 'getMerges' | 'findMessage'
>;

const mergeOutcome = parser(
  v.looseObject({ mergeId: v.string(), sessionId: v.string(), merged: v.number() }),
);
const undoOutcome = parser(
  v.looseObject({ changed: v.array(v.string()), removed: v.exactOptional(v.string()) }),
);
/** Times a merge is looked at again because its session changed while it was read. */
const ATTEMPTS = 3;

export function mergeOperations(context: OperationContext): Operations {
  const { core } = context;

  const wholeOf = ({ sourceId, messages }: MergePlan): Promise<Message[]> =>
    wholeMessages(core, context.position(sourceId), messages);

  async function toMerge(plan: MergePlan, options: MergeFork): Promise<MergedMessage[]> {
    const messages = await wholeOf(plan);
    if (options.mode !== 'summary') {
      return messages.map((message) => ({ message, origins: originsOf(message) }));
    }
    if (messages.length === 0) return [];
    const { title } = core.catalogue.get(plan.sourceId);
    const text = options.summary ?? (await summariseMessages(title, messages));
    const message = { role: 'assistant' as const, content: [{ type: 'text' as const, text }] };
    return [{ message, origins: messages.flatMap(originsOf) }];
  }

  return {
    planMerge: async (targetId, sourceId, { mode = 'append', messages } = {}) => {
      core.commits.settle();
      const plan = await planMerge(core, targetId, sourceId, mode, messages);
      if (mode !== 'summary' || plan.messages.length === 0) return plan;
      const { title } = core.catalogue.get(sourceId);
      return { ...plan, summary: await summariseMessages(title, await wholeOf(plan)) };
    },

    mergeFork: async (targetId, sourceId, options = {}) => {
      context.mustWrite();
      const known = core.requests.outcome(options.requestId, mergeOutcome);
      if (known) return known;
      const { mode = 'append' } = options;
      if (mode === 'cherry-pick' && options.messages === undefined) {
        throw new MultipathError('bad-request', 'Choose the messages to merge.');
      }
      core.commits.settle();
      const plan = await planMerge(core, targetId, sourceId, mode, options.messages);
      if (hasConflicts(plan.conflicts) && options.acceptConflicts !== true) {
        throw new MultipathError('conflict', conflictText(plan.conflicts));
      }
      const undecided = undecidedFiles(plan.conflicts, options);
      if (undecided.length > 0) {
        throw new MultipathError(
          'conflict',
          `Both sides changed ${undecided.slice(0, 5).join(', ')} since you decided. Look at the preview again.`,
        );
      }
      const prepared = await core.merges.prepare({
        ...{ targetId, sourceId, mode, messages: await toMerge(plan, options) },
        ...authorOf(mode, options),
      });
      const result = await core.stagedMerges.apply(prepared, (work) =>
        core.requests.once(options.requestId, work, mergeOutcome),
      );
      core.access.record(targetId);
      context.announce([result.sessionId, targetId, sourceId]);
      return result;
    },

    undoMerge: async (mergeId, options = {}) => {
      context.mustWrite();
      let outcome = core.requests.outcome(options.requestId, undoOutcome);
      for (let attempt = 0; !outcome && attempt < ATTEMPTS; attempt++) {
        core.commits.settle();
        const { log } = core.merges.undoable(mergeId, options.sessionId);
        const count = core.logs.recordCount(log);
        const messages = await nativeMessages(core.records, log, count);
        // What was added while it was read is not among what was read.
        if (core.logs.recordCount(log) !== count) continue;
        outcome = await core.requests.once(
          options.requestId,
          () => core.merges.undo(mergeId, messages, options.sessionId),
          undoOutcome,
        );
      }
      if (!outcome) {
        throw new MultipathError(
          'conflict',
          'The session is being written to. Take the merge back once that has ended.',
        );
      }
      context.announce(outcome.changed, outcome.removed === undefined ? [] : [outcome.removed]);
    },

    findMessage: (sessionId, messageId) =>
      context.read(() => core.merges.find(context.position(sessionId).sessionId, messageId)),

    getMerges: (sessionIds) => context.read(() => core.merges.edges(sessionIds)),
  };
}

/** A summary that nobody gives is made here, without a model. */
function authorOf(
  mode: MergeMode,
  { summary, summaryBy }: MergeFork,
): { readonly summaryBy?: SummaryAuthor } {
  if (mode !== 'summary') return {};
  if (summary === undefined) return { summaryBy: { edited: false } };
  return summaryBy ? { summaryBy } : {};
}

function undecidedFiles({ files }: MergeConflicts, { acceptFiles }: MergeFork): readonly string[] {
  if (acceptFiles === undefined) return [];
  const decided = new Set(acceptFiles);
  return files.filter((file) => !decided.has(file));
}

function conflictText({ targetMessages, files }: MergeConflicts): string {
  const both = [
    ...(targetMessages > 0 ? [`the target has ${targetMessages} messages of its own since`] : []),
    ...(files.length > 0 ? [`both sides changed ${files.slice(0, 5).join(', ')}`] : []),
  ];
  return `Both branches went on after the fork point: ${both.join(', and ')}. Look at the preview and merge all the same, or choose single messages.`;
}
