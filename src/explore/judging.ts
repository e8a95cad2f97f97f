/**
 * Has a model judge branches, pair by pair and in both orders, some at a time. A verdict that fails is
 * kept as missing with its reason; what was answered before the person stopped, the budget was used
 * up, or the model refused for good is not lost.
 */
import { estimateTokenCount } from 'tokenx';
import { MultipathError, messageOf } from '../core/errors.ts';
import type { ExploreOperations } from '../core/exploration.ts';
import { ordersOf, type MissingVerdict, type NewJudgement, type Verdict } from '../core/judge.ts';
import {
  readVerdict,
  VERDICT_FRAME_TOKENS,
  VERDICT_TOKENS,
  verdictRequest,
} from '../core/judgePrompt.ts';
import { addTokens, NO_TOKENS, totalTokens } from '../core/message.ts';
import type { ModelClient, ModelInfo, ModelMessage, ModelRequest } from '../core/models.ts';
import { isRefusal } from './refusals.ts';
import { oneAnswer, roomFor } from './oneAnswer.ts';

export interface JudgeOrder {
  readonly model: ModelInfo;
  /** 2 to 8 branches of one family. */
  readonly sessionIds: readonly string[];
  /** Messages that all of them share. */
  readonly sharedCount: number;
  readonly criteria?: string;
  /** Tokens, of questions and answers, after which no further question is asked. */
  readonly maxTokens?: number;
}

const AT_ONCE = 2;
/** Of the room in a question, what the end of the shared conversation gets. */
const SHARED = 0.2;

/** @param onProgress is told how many verdicts of how many there are */
export async function judgeBranches(
  client: ModelClient,
  store: Pick<ExploreOperations, 'readContext'>,
  { model, sessionIds, sharedCount, criteria, maxTokens = Infinity }: JudgeOrder,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<NewJudgement> {
  const [any] = sessionIds;
  if (any === undefined || sessionIds.length < 2) {
    throw new MultipathError('bad-request', 'Choose two branches or more to be judged.');
  }
  const room = roomFor(model, VERDICT_FRAME_TOKENS, VERDICT_TOKENS);
  const shared =
    sharedCount === 0
      ? []
      : (
          await store.readContext(any, {
            atMessage: sharedCount - 1,
            maxTokens: Math.floor(room * SHARED),
          })
        ).messages;
  const branches = new Map<string, readonly ModelMessage[]>();
  for (const id of sessionIds) {
    const { messages } = await store.readContext(id, {
      fromMessage: sharedCount,
      maxTokens: Math.floor((room * (1 - SHARED)) / 2),
    });
    branches.set(id, messages);
  }

  const open = ordersOf(sessionIds);
  const total = open.length;
  const verdicts: Verdict[] = [];
  const missing: MissingVerdict[] = [];
  let tokens = NO_TOKENS;
  /** Also where the source counts nothing. */
  let used = 0;
  /** Why every further question would fail; ends those that are under way. */
  let refusal: string | undefined;
  const refused = new AbortController();
  const asking = AbortSignal.any([signal, refused.signal]);
  const judge = async (first: string, second: string): Promise<void> => {
    const request = verdictRequest(
      { shared, first: branches.get(first) ?? [], second: branches.get(second) ?? [] },
      criteria,
    );
    try {
      const answer = await oneAnswer(client, model.id, request, asking);
      tokens = addTokens(tokens, answer.tokens);
      used += totalTokens(answer.tokens) || estimated(request, answer.text);
      const read = readVerdict(answer.text);
      if (read.ok) verdicts.push({ first, second, ...read.verdict });
      else missing.push({ first, second, error: read.problem });
    } catch (error) {
      if (isRefusal(error) && refusal === undefined) {
        refusal = error.message;
        refused.abort();
      }
      missing.push({ first, second, error: refusal ?? messageOf(error) });
    }
    onProgress(verdicts.length + missing.length, total);
  };
  const work = async (): Promise<void> => {
    for (let next = open.shift(); next; next = open.shift()) {
      const [first, second] = next;
      if (refusal !== undefined) missing.push({ first, second, error: refusal });
      else if (signal.aborted) missing.push({ first, second, error: 'It was stopped before.' });
      else if (used >= maxTokens) {
        missing.push({ first, second, error: 'The budget was used up before.' });
      } else await judge(first, second);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    sessionIds,
    model: { id: model.id, name: model.name },
    ...(criteria !== undefined && { criteria }),
    verdicts,
    missing,
    tokens,
  };
}

function estimated({ system = '', messages }: ModelRequest, answer: string): number {
  return [system, ...messages.map(({ text }) => text), answer].reduce(
    (sum, text) => sum + estimateTokenCount(text),
    0,
  );
}
