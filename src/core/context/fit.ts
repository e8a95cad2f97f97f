/**
 * A conversation fitted into so many tokens: the person's first message stays, because it says what
 * all is about, and as much of the end as there is room for; the middle goes, at the borders of
 * messages, and a note says how much that was.
 *
 * Invariants: what is given back never counts for more than was allowed; its order is that of the
 * conversation; sent and left out together are all of it; it begins with the person and alternates.
 */
import type { ContextReport, ModelContext, RedactedSecrets } from '../exploration.ts';
import type { ModelMessage } from '../models.ts';
import type { ContextPart } from './contextPart.ts';
import { shortenedTo } from './shorten.ts';

export interface FitOptions {
  readonly maxTokens: number;
  /** Tokens of a text. */
  readonly count: (text: string) => number;
  /** Takes secrets out: asked once for each message that is considered. */
  readonly redact: (
    text: string,
  ) => Promise<{ readonly text: string; readonly secrets: readonly RedactedSecrets[] }>;
  readonly addSecrets: (
    ...lists: readonly (readonly RedactedSecrets[])[]
  ) => readonly RedactedSecrets[];
}

/** What a message takes beside its text: its role, and blank lines where messages are joined. */
const OVERHEAD = 8;
/** Characters of a token, for what is not counted because it is left out. */
const CHARACTERS = 4;
/** Room for the notes that are put in. */
const NOTES = 64;
/** Of the room, what the first message may take at most where not all fits. */
const FIRST = 0.5;
const BEGINNING = '[The conversation begins here.]';

interface Fitted {
  readonly part: ContextPart;
  readonly tokens: number;
}

export async function fitContext(
  parts: readonly ContextPart[],
  options: FitOptions,
): Promise<ModelContext> {
  const { maxTokens } = options;
  const room = maxTokens - NOTES;
  const newest = await fromTheEnd(parts, room, options);
  if (newest.length === parts.length) return contextOf(newest, undefined, [], options);
  // Not all fits: the first message has its place before the others have theirs.
  const firstIndex = parts.findIndex(({ role }) => role === 'user');
  const firstPart = parts[firstIndex];
  const first = firstPart && (await fitted(firstPart, Math.floor(room * FIRST), options));
  const left = room - (first?.tokens ?? 0);
  const end = trimmed(newest, left).filter((_, nth, kept) => {
    return parts.length - kept.length + nth > firstIndex;
  });
  if (end.length === 0) {
    const last = parts.at(-1);
    const isOther = last !== undefined && parts.length - 1 !== firstIndex;
    const cut = isOther ? await fitted(last, left, options) : undefined;
    if (cut) end.push(cut);
  }
  const from = parts.length - end.length;
  const out = parts.filter((_, index) => index < from && !(first && index === firstIndex));
  return contextOf(end, first, out, options);
}

/** As many of the newest as there is room for, in their order. */
async function fromTheEnd(
  parts: readonly ContextPart[],
  room: number,
  options: FitOptions,
): Promise<Fitted[]> {
  const kept: Fitted[] = [];
  let used = 0;
  for (const part of [...parts].reverse()) {
    // Texts that are far too long need not be looked at.
    if (part.text.length > (room - used) * 16) break;
    const clean = await cleaned(part, options);
    const tokens = options.count(clean.text) + OVERHEAD;
    if (used + tokens > room) break;
    used += tokens;
    kept.unshift({ part: clean, tokens });
  }
  return kept;
}

function trimmed(kept: readonly Fitted[], room: number): Fitted[] {
  let used = 0;
  const end: Fitted[] = [];
  for (const one of [...kept].reverse()) {
    used += one.tokens;
    if (used > room) break;
    end.unshift(one);
  }
  return end;
}

/** One message within some tokens; shortened where it has to be. */
async function fitted(
  part: ContextPart,
  room: number,
  options: FitOptions,
): Promise<Fitted | undefined> {
  const clean = await cleaned(part, options);
  const text = shortenedTo(clean.text, room - OVERHEAD, options.count);
  if (text === '') return undefined;
  const cut = text === clean.text ? 0 : 1;
  const kept = { ...clean, text, shortened: clean.shortened + cut };
  return { part: kept, tokens: options.count(text) + OVERHEAD };
}

async function cleaned(part: ContextPart, options: FitOptions): Promise<ContextPart> {
  const { text, secrets } = await options.redact(part.text);
  return { ...part, text, secrets: options.addSecrets(part.secrets, secrets) };
}

function contextOf(
  end: readonly Fitted[],
  first: Fitted | undefined,
  out: readonly ContextPart[],
  options: FitOptions,
): ModelContext {
  const leftOut = {
    messages: out.length,
    tokens: out.reduce((sum, { text }) => sum + Math.ceil(text.length / CHARACTERS) + OVERHEAD, 0),
  };
  const kept = first ? [first, ...end] : end;
  const note: readonly ModelMessage[] =
    out.length > 0 ? [{ role: 'user', text: noteOf(leftOut) }] : [];
  const said = end.map(({ part }): ModelMessage => ({ role: part.role, text: part.text }));
  const before: readonly ModelMessage[] = first ? [{ role: 'user', text: first.part.text }] : [];
  const messages = alternating([...before, ...note, ...said]);
  // Counted once, message by message: a long text takes its time.
  const notes = [...note, ...(messages[0]?.text === BEGINNING ? [messages[0]] : [])];
  const tokens =
    kept.reduce((sum, one) => sum + one.tokens, 0) +
    notes.reduce((sum, { text }) => sum + options.count(text) + OVERHEAD, 0);
  // Only where there is no room for anything at all.
  const fits = tokens <= options.maxTokens;
  const report: ContextReport = {
    messages: fits ? kept.length : 0,
    tokens: fits ? tokens : 0,
    leftOut: fits
      ? leftOut
      : {
          messages: leftOut.messages + kept.length,
          tokens: leftOut.tokens + kept.reduce((sum, one) => sum + one.tokens, 0),
        },
    shortened: fits ? kept.reduce((sum, { part }) => sum + part.shortened, 0) : 0,
    redacted: fits ? options.addSecrets(...kept.map(({ part }) => part.secrets)) : [],
  };
  return { messages: fits ? messages : [], report };
}

function noteOf({ messages, tokens }: ContextReport['leftOut']): string {
  const count = messages === 1 ? 'One message' : `${messages} messages`;
  return `[${count} of the conversation, about ${tokens} tokens, left out here: there was no room for them.]`;
}

/** Messages of one role one after the other are one, and the person's come first. */
export function alternating(messages: readonly ModelMessage[]): ModelMessage[] {
  const result: ModelMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last?.role === message.role) {
      result[result.length - 1] = { ...last, text: `${last.text}\n\n${message.text}` };
    } else result.push(message);
  }
  if (result[0]?.role === 'assistant') result.unshift({ role: 'user', text: BEGINNING });
  return result;
}
