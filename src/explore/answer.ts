/**
 * One answer of a model, as it comes. A model that asks to wait is waited for, and one that does not
 * answer is asked again, a bounded number of times and only while nothing of the answer was there:
 * what has arrived is never thrown away for another try.
 */
import { MOST_TOKENS, type TokenUsage } from '../core/message.ts';
import { ModelError, type ModelClient, type ModelRequest } from '../core/models.ts';
import type { ExploreClock } from './clock.ts';
import { isStopped, mustGoOn, stopOf } from './stopped.ts';

export interface AskParts {
  readonly models: Pick<ModelClient, 'ask'>;
  readonly clock: ExploreClock;
  readonly modelId: string;
  readonly request: ModelRequest;
  readonly onText: (text: string) => void;
  /** What a model thinks is no part of its answer, but is paid for as if it were. */
  readonly onThought?: (text: string) => void;
  /** The model is asked again at this time. */
  readonly onWait: (until: number) => void;
}

export interface Answer {
  readonly text: string;
  /** Absent where the source did not say. */
  readonly tokens?: TokenUsage;
}

/** What came before an answer was broken off, beside its text. */
export interface BrokenOff {
  readonly error: unknown;
  readonly tokens?: TokenUsage;
  /** True where it was stopped after the question was sent: that is paid for. */
  readonly sent?: boolean;
}

const TRIES: Readonly<Partial<Record<ModelError['failure'], number>>> = {
  'rate-limited': 6,
  unavailable: 3,
};
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
/** A source that asks to wait for longer is not waited for. */
const PATIENCE_MS = 5 * 60_000;
/** Without a word from the model. */
const SILENCE_MS = 5 * 60_000;

/** Text goes to `onText` as it comes. Never throws: what broke it off is in the result. */
export async function askModel(
  parts: AskParts,
  signal: AbortSignal,
): Promise<{ readonly answer: Answer } | { readonly broken: BrokenOff }> {
  for (let nth = 1; ; nth++) {
    const result = await askOnce(parts, signal);
    if ('answer' in result || result.arrived) return result;
    const wait = waitBefore(nth, result.broken.error);
    if (wait === undefined || isStopped(signal)) return result;
    parts.onWait(parts.clock.now() + wait);
    await parts.clock.sleep(wait, signal);
    if (isStopped(signal)) return { broken: { error: stopOf(signal) } };
  }
}

/** Milliseconds; `undefined` where it is not tried again. */
function waitBefore(nth: number, error: unknown): number | undefined {
  if (!(error instanceof ModelError) || nth >= (TRIES[error.failure] ?? 1)) return undefined;
  const wait = error.retryAfterMs ?? Math.min(FIRST_WAIT_MS * 2 ** (nth - 1), LONGEST_WAIT_MS);
  return wait > PATIENCE_MS ? undefined : Math.max(0, wait);
}

async function askOnce(
  { models, clock, modelId, request, onText, onThought }: AskParts,
  signal: AbortSignal,
): Promise<
  { readonly answer: Answer } | { readonly broken: BrokenOff; readonly arrived: boolean }
> {
  let text = '';
  let tokens: TokenUsage | undefined;
  let sent = false;
  // Ends what the model is at when it is no longer listened to, for whatever reason.
  const asking = new AbortController();
  const stop = (): void => asking.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    mustGoOn(signal);
    const stream = models.ask(modelId, request, asking.signal)[Symbol.asyncIterator]();
    sent = true;
    for (;;) {
      const next = await nextPart(stream, clock, signal);
      if (next.done === true) break;
      const part = next.value;
      if (part.type === 'usage') tokens = wholeUsage(part.tokens);
      if (part.type === 'thinking') onThought?.(part.text);
      if (part.type !== 'text' || part.text === '') continue;
      text += part.text;
      onText(part.text);
    }
    if (text.trim() === '') {
      throw new ModelError('cut-off', 'The model answered without a word. Try again.');
    }
    return { answer: { text, ...(tokens && { tokens }) } };
  } catch (error) {
    const why = signal.aborted ? stopOf(signal) : error;
    const broken = { error: why, sent: sent && signal.aborted, ...(tokens && { tokens }) };
    return { broken, arrived: text !== '' };
  } finally {
    signal.removeEventListener('abort', stop);
    asking.abort();
  }
}

/** As the source counted, without what is no count: some subtract more than there was. */
function wholeUsage({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWrite1h,
}: TokenUsage): TokenUsage {
  return {
    input: wholeTokens(input),
    output: wholeTokens(output),
    cacheRead: wholeTokens(cacheRead),
    cacheWrite: wholeTokens(cacheWrite),
    ...(cacheWrite1h !== undefined && { cacheWrite1h: wholeTokens(cacheWrite1h) }),
  };
}

/** A number of tokens that the store takes, whatever a source says. */
export function wholeTokens(count: number): number {
  return count > 0 ? Math.min(Math.ceil(count), MOST_TOKENS) : 0;
}

/** The next part, unless the signal or too long a silence comes first. */
async function nextPart<T>(
  stream: AsyncIterator<T>,
  clock: ExploreClock,
  signal: AbortSignal,
): Promise<IteratorResult<T>> {
  const waiting = new AbortController();
  const stop = (): void => waiting.abort();
  signal.addEventListener('abort', stop, { once: true });
  try {
    const next = stream.next();
    const silence = clock.sleep(SILENCE_MS, waiting.signal).then((): never => {
      mustGoOn(signal);
      throw new ModelError(
        'unavailable',
        'The model has said nothing for five minutes. Try again, or choose another one.',
      );
    });
    // Whichever loses is not waited for, and what it throws later is nobody's.
    next.catch(() => undefined);
    silence.catch(() => undefined);
    mustGoOn(signal);
    return await Promise.race([next, silence]);
  } finally {
    signal.removeEventListener('abort', stop);
    waiting.abort();
  }
}
