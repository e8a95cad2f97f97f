/** Questions put to models at a message: forks made for them, and what came of it. */
import * as v from 'valibot';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { estimateTokenCount } from 'tokenx';
import { contextPart, type ContextPart } from '../../core/context/contextPart.ts';
import { fitContext } from '../../core/context/fit.ts';
import { costOf } from '../../core/cost.ts';
import { MultipathError } from '../../core/errors.ts';
import type { ExploreOperations, ModelContext, Run } from '../../core/exploration.ts';
import { NO_TOKENS, type Message } from '../../core/message.ts';
import { addSecrets, redact } from '../../core/redaction/redact.ts';
import type { RunLeases } from '../upkeep/runLeases.ts';
import { isShortened } from '../storeReading.ts';
import { type OperationContext, parser } from './context.ts';

const startOutcome = parser(
  v.looseObject({
    explorationId: v.string(),
    runIds: v.array(v.string()),
    atMessage: v.number(),
    movedBecause: v.exactOptional(v.string()),
  }),
);
const claimOutcome = parser(v.looseObject({ runIds: v.array(v.string()) }));
/** Messages that are read at a time. */
const PAGE = 100;

export function exploreOperations(context: OperationContext, leases: RunLeases): ExploreOperations {
  const { core } = context;
  const { explorations } = core;
  const told = (runs: readonly Run[]): readonly Run[] => {
    context.announceRuns(runs);
    return runs;
  };

  /** Whole where a page has it shortened; results of tools are shortened further on anyway. */
  async function* messagesOf(
    sessionId: string,
    from: number,
    upTo: number,
  ): AsyncGenerator<Message> {
    const position = context.position(sessionId);
    for (let start = from; start <= upTo; start += PAGE) {
      const end = Math.min(start + PAGE, upTo + 1);
      for (const message of await core.transcripts.read(position, start, end)) {
        yield isShortened(message)
          ? await core.transcripts.readWhole(position, message.index)
          : message;
      }
      await nextTurn();
    }
  }

  return {
    startExploration: async (sessionId, input) => {
      context.mustWrite();
      const outcome = await core.requests.once(
        input.requestId,
        () => explorations.start(sessionId, input),
        startOutcome,
      );
      leases.renew(input.runner);
      core.access.record(sessionId);
      const runs = explorations.query({ ids: outcome.runIds });
      const exploration = explorations.exploration(outcome.explorationId);
      if (!exploration) {
        throw new MultipathError('not-found', 'The exploration was removed meanwhile.');
      }
      context.announce([sessionId, ...runs.map((run) => run.sessionId)]);
      told(runs);
      const { atMessage, movedBecause } = outcome;
      return {
        exploration,
        runs,
        atMessage,
        ...(movedBecause !== undefined && { movedBecause }),
      };
    },

    getRuns: (query) => context.read(() => explorations.query(query)),
    getExploration: (id) => context.read(() => explorations.exploration(id)),

    claimRuns: async (ids, { runner, requestId }) => {
      context.mustWrite();
      const { runIds } = await core.requests.once(
        requestId,
        () => ({
          runIds: [...explorations.claim(ids, runner, (owner) => leases.holds(owner))],
        }),
        claimOutcome,
      );
      leases.renew(runner);
      return told(explorations.query({ ids: runIds }));
    },

    cancelRuns: async (ids, { requestId } = {}) => {
      context.mustWrite();
      const { runIds } = await core.requests.once(
        requestId,
        () => ({ runIds: explorations.cancel(ids, (owner) => leases.holds(owner)) }),
        claimOutcome,
      );
      const runs = explorations.query({ ids: runIds });
      const stop = runs.filter(({ state }) => state === 'queued' || state === 'running');
      context.announceRuns(
        runs,
        stop.map(({ id }) => id),
      );
      return runs;
    },

    noteRun: async (runId, changes) => {
      context.mustWrite();
      const changed = core.database.transaction(() => explorations.note(runId, changes));
      leases.renew(changes.runner);
      await core.commits.durable();
      const run = explorations.run(runId);
      if (!changed) return run;
      if (changes.answer) context.announce([run.sessionId]);
      told([run]);
      return run;
    },

    renewRuns: (runner) => {
      context.mustWrite();
      leases.renew(runner);
      return Promise.resolve();
    },

    readContext: async (
      sessionId,
      { fromMessage = 0, atMessage, maxTokens },
    ): Promise<ModelContext> => {
      core.commits.settle();
      const total = core.transcripts.total(context.position(sessionId));
      const upTo = Math.min(atMessage ?? total - 1, total - 1);
      const parts: ContextPart[] = [];
      for await (const message of messagesOf(sessionId, fromMessage, upTo)) {
        const part = await contextPart(message);
        if (part) parts.push(part);
      }
      if (core.readOnlyBecause === undefined) core.access.record(sessionId);
      return fitContext(parts, {
        maxTokens,
        count: estimateTokenCount,
        redact: async (text) => {
          await nextTurn();
          return redact(text);
        },
        addSecrets,
      });
    },

    priceAnswers: (answers) =>
      context.read(() =>
        answers.map(({ model, provider, input, output }) => {
          const tokens = { ...NO_TOKENS, input, output };
          const of = { model, tokens, ...(provider !== undefined && { provider }) };
          return costOf(core.prices, of) ?? null;
        }),
      ),
  };
}
