/** The prompt of the step that a run is at, before it is a message of the fork. */
import type { Run } from '../core/exploration.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { renderTemplate } from '../core/strategyTemplate.ts';
import { answersSoFar, type AnswerStore } from './answersSoFar.ts';
import { valuesOf } from './finishedStep.ts';

/** `undefined` where the fork keeps the answer alone, or what the prompt is made of is not there. */
export async function promptUnderWay(
  store: AnswerStore & Pick<SessionStore, 'getExploration'>,
  run: Run,
): Promise<string | undefined> {
  const exploration = await store.getExploration(run.explorationId);
  const strategy = exploration?.strategies.find(({ id }) => id === run.strategyId);
  const step = strategy?.steps[run.step];
  if (!exploration || !strategy || !step || step.keep === 'answer') return undefined;
  const { question } = exploration;
  const finished = await answersSoFar(store, run, strategy, question);
  if (finished.length < run.step) return undefined;
  return renderTemplate(step.prompt, valuesOf(question, finished));
}
