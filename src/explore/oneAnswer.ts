/**
 * One question to a model outside of an exploration, and its whole answer: for summaries and for the
 * judge. What has come is told as it comes, at a pace that a window can draw.
 */
import { NO_TOKENS, type TokenUsage } from '../core/message.ts';
import type { ModelClient, ModelInfo, ModelRequest } from '../core/models.ts';

export interface Answer {
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

/**
 * Tokens that a conversation may take in a question.
 * @param frame what else is in it
 * @param answer what the answer may take
 */
export function roomFor(
  { maxInputTokens = USUAL_WINDOW }: Pick<ModelInfo, 'maxInputTokens'>,
  frame: number,
  answer: number,
): number {
  return Math.max(500, Math.floor(maxInputTokens * SHARE) - frame - answer);
}

/** @throws ModelError */
export async function oneAnswer(
  client: ModelClient,
  modelId: string,
  request: ModelRequest,
  signal: AbortSignal,
  onText: (text: string) => void = () => undefined,
): Promise<Answer> {
  let text = '';
  let tokens = NO_TOKENS;
  let told = 0;
  for await (const part of client.ask(modelId, request, signal)) {
    if (part.type === 'usage') tokens = part.tokens;
    if (part.type !== 'text') continue;
    text += part.text;
    const now = performance.now();
    if (now - told < PACE_MS) continue;
    told = now;
    onText(text);
  }
  return { text: text.trim(), tokens };
}
