/** Steps of a run that are finished, and what the prompt of the next one may say of them. */
import type { TemplateValues } from '../core/strategyTemplate.ts';

export interface FinishedStep {
  readonly name: string;
  readonly prompt: string;
  readonly answer: string;
}

/** What placeholders of the next step stand for. */
export function valuesOf(question: string, finished: readonly FinishedStep[]): TemplateValues {
  const previous = finished.at(-1)?.answer;
  return {
    question,
    ...(previous !== undefined && { previous }),
    steps: new Map(finished.map(({ name, answer }) => [name, answer])),
  };
}
