/**
 * Reads the pieces that a JSON splitter cuts a value into: a beginning whose brackets are closed
 * elsewhere, an element with its comma, an end that closes what it did not open. Missing brackets
 * are supplied, so what a piece says can be read without its neighbours. Nothing here throws.
 */
import { asObject, textOfRecord, type JsonObject } from './json.ts';

export interface Fragment {
  /**
   * - `whole`: an object; `head`: one that goes on in the next piece
   * - `part`: members of an object that began before
   * - `foot`: begins by closing a list
   */
  readonly kind: 'whole' | 'head' | 'part' | 'foot';
  /** Absent when nothing could be read. What was opened before the piece is under the key ''. */
  readonly value?: JsonObject;
  readonly problem?: string;
}

const BLANK: Fragment = { kind: 'whole' };

/** `startsRecord` (global flag set) matches where a whole object may begin behind a torn one. */
export function readFragment(bytes: Uint8Array, startsRecord: RegExp): Fragment {
  const { text, problem } = textOfRecord(bytes);
  if (text === '') return { ...BLANK, ...(problem !== undefined && { problem }) };
  const body = text.replace(/^,\s*|\s*,$/g, '');
  const read = readBody(body);
  if (read) return { ...read, ...(problem !== undefined && { problem }) };
  startsRecord.lastIndex = 1;
  const match = startsRecord.exec(body);
  const rest = match && readBody(body.slice(match.index));
  if (rest) {
    return { ...rest, problem: 'A torn record stands before this one; it could not be read.' };
  }
  return { kind: 'whole', problem: 'Is not valid JSON.' };
}

function readBody(body: string): Fragment | undefined {
  const first = body[0];
  if (first === '{') {
    const whole = parse(body);
    if (whole !== undefined) {
      const value = asObject(whole);
      return value && { kind: 'whole', value };
    }
  } else if (first !== '"' && first !== ']' && first !== '}') return undefined;
  const value = asObject(parse(balanced(body)));
  if (!value) return undefined;
  return { kind: first === '{' ? 'head' : first === '"' ? 'part' : 'foot', value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The caller says so in its problem.
  }
}

/** The text with the brackets that stand in other pieces. */
function balanced(body: string): string {
  const open: string[] = [];
  const strays: string[] = [];
  let inString = false;
  for (let at = 0; at < body.length; at++) {
    const token = body.charAt(at);
    if (token === '"') inString = !inString;
    else if (inString) at += token === '\\' ? 1 : 0;
    else if (token === '{' || token === '[') open.push(token);
    else if (token === '}' || token === ']') {
      if (open.length > 0) open.pop();
      else strays.push(token);
    }
  }
  if (strays.length === 0 && body.startsWith('"')) strays.push('');
  let before = '';
  for (const stray of strays.reverse()) {
    if (before.endsWith('{')) before += '"":';
    before += stray === ']' ? '[' : '{';
  }
  const after = open.reverse().map((token) => (token === '{' ? '}' : ']'));
  return `${before}${body}${after.join('')}${strays.includes('') ? '}' : ''}`;
}

/** The members of a piece of an object, whatever was opened before it. */
export function membersOf({ value }: Fragment): JsonObject | undefined {
  let members = value;
  for (;;) {
    const inner = members && Object.keys(members).length === 1 && asObject(members['']);
    if (!inner) return members;
    members = inner;
  }
}
