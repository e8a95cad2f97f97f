/** One question to a model outside of an exploration, and its whole answer: for summaries and the judge. */
import { NO_TOKENS, type TokenUsage } from '../core/message.ts';
import type { ModelClient, ModelInfo, ModelRequest } from '../core/models.ts';
import { askModel } from './answer.ts';
import { exploreClock } from './clock.ts';

export interface WholeAnswer {
  readonly text: string;
  /** As the source counted them; none where it does not. */
  readonly tokens: TokenUsage;
}

/** Milliseconds between two tellings of what has come. */
const PACE_MS = 100;
/** Tokens of a question where the source does not say how many it takes. */
const USUAL_WINDOW = 32_000;
/** Of the window, what a question may take: sources count differently. */
const SHARE = 0.85;
const LEAST = 500;

/**
 * Tokens that conversations may take in a question.
 * @param frame what else is in it
 * @param answer what the answer may take
 */
export function roomFor(
  { maxInputTokens = USUAL_WINDOW }: Pick<ModelInfo, 'maxInputTokens'>,
  frame: number,
  answer: number,
): number {
  return Math.max(LEAST, Math.floor(maxInputTokens * SHARE) - frame - answer);
}

/**
 * @param onText is told all that has come, at a pace that a window can draw
 * @throws ModelError, or the signal's reason
 */
export async function oneAnswer(
  models: Pick<ModelClient, 'ask'>,
  modelId: string,
  request: ModelRequest,
  signal: AbortSignal,
  onText: (text: string) => void = () => undefined,
): Promise<WholeAnswer> {
  let text = '';
  let told = 0;
  const result = await askModel(
    {
      models,
      clock: exploreClock,
      modelId,
      request,
      onText: (piece) => {
        text += piece;
        const now = performance.now();
        if (now - told < PACE_MS) return;
        told = now;
        onText(text);
      },
      onWait: () => undefined,
    },
    signal,
  );
  if ('broken' in result) throw result.broken.error;
  const { answer } = result;
  return { text: answer.text.trim(), tokens: answer.tokens ?? NO_TOKENS };
}
