/** Answers of a run's finished steps, for one that is gone on with: they are messages of its fork. */
import type { Run } from '../core/exploration.ts';
import { textOf, type Message } from '../core/message.ts';
import { renderTemplate } from '../core/strategyTemplate.ts';
import type { Strategy } from '../core/strategy.ts';
import type { ExploreStore } from './reports.ts';
import type { FinishedStep } from './request.ts';

const PAGE = 200;

/** In the order of the steps; fewer where a message cannot be found any more. */
export async function answersSoFar(
  store: ExploreStore,
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
    const previous = finished.at(-1)?.answer;
    finished.push({
      name,
      answer,
      prompt: renderTemplate(prompt, {
        question,
        ...(previous !== undefined && { previous }),
        steps: new Map(finished.map((step) => [step.name, step.answer])),
      }),
    });
  }
  return finished;
}

async function answersIn(store: ExploreStore, run: Run): Promise<Map<string, string>> {
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
