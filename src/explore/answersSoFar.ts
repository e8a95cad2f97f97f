/** Answers of a run's finished steps, for one that is gone on with: they are messages of its fork. */
import type { Run } from '../core/exploration.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { textOf, type Message } from '../core/message.ts';
import { renderTemplate } from '../core/strategyTemplate.ts';
import type { Strategy } from '../core/strategy.ts';
import { valuesOf, type FinishedStep } from './finishedStep.ts';

const PAGE = 200;

export type AnswerStore = Pick<SessionStore, 'getSession' | 'readMessages' | 'readMessage'>;

/** In the order of the steps; fewer where a message cannot be found any more. */
export async function answersSoFar(
  store: AnswerStore,
  run: Run,
  strategy: Strategy,
  question: string,
): Promise<FinishedStep[]> {
  if (run.step === 0) return [];
  const answers = await answersIn(store, run);
  const finished: FinishedStep[] = [];
  for (const { name, prompt } of strategy.steps.slice(0, run.step)) {
    const answer = answers.get(name);
    if (answer === undefined) break;
    finished.push({ name, answer, prompt: renderTemplate(prompt, valuesOf(question, finished)) });
  }
  return finished;
}

async function answersIn(store: AnswerStore, run: Run): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const fork = await store.getSession(run.sessionId);
  let start = fork?.inheritedCount ?? 0;
  for (;;) {
    const { messages, total } = await store.readMessages(run.sessionId, {
      start,
      end: start + PAGE,
    });
    for (const message of messages) {
      const step = stepOf(message, run.id);
      if (step === undefined) continue;
      const isWhole = message.content.every(
        (block) => block.type !== 'text' || block.fullLength === undefined,
      );
      const whole = isWhole ? message : await store.readMessage(run.sessionId, message.index);
      answers.set(step, textOf(whole));
    }
    start += PAGE;
    if (start >= total || messages.length === 0) return answers;
  }
}

/** Name of the step that a message is the answer of; `undefined` for all other messages. */
function stepOf({ role, metadata }: Message, runId: string): string | undefined {
  const { explore } = metadata;
  if (role !== 'assistant' || typeof explore !== 'object' || explore === null) return undefined;
  if (!('run' in explore) || explore.run !== runId || !('step' in explore)) return undefined;
  return typeof explore.step === 'string' ? explore.step : undefined;
}
