/**
 * What alignment remembers of a message: a hash that tells whether two are the same and a sketch
 * of its words that tells how alike two are. A few hundred bytes each, so that branches of
 * thousands of messages are compared without holding their texts.
 */
import type { ContentBlock, Message, Role } from '../message.ts';

export interface Signature {
  readonly role: Role;
  /** Equal for messages that say and do the same. 53 bits. */
  readonly hash: number;
  /** The smallest hashes of the message's distinct words, ascending. */
  readonly words: Uint32Array;
}

/** Words kept of a message; the estimate of likeness is off by about 1 / sqrt of it. */
const SKETCH_SIZE = 48;
/** Characters looked at for likeness: the beginning tells what a message is about. */
const SKETCH_CHARACTERS = 4_000;

/**
 * Thinking takes no part: it is not said, and differs from run to run. Texts that were shortened
 * for the page are told apart by their shown part and their full length.
 */
export function signatureOf(message: Pick<Message, 'role' | 'content'>): Signature {
  const said = message.content.flatMap(identityOf);
  return {
    role: message.role,
    hash: hash53(JSON.stringify([message.role, said])),
    words: sketch(message.content.map(gistOf).join('\n').slice(0, SKETCH_CHARACTERS)),
  };
}

function identityOf(block: ContentBlock): readonly (string | number | boolean | undefined)[] {
  switch (block.type) {
    case 'thinking':
      return [];
    case 'text':
    case 'notice':
      return [block.type, block.text, block.fullLength];
    case 'attachment':
      return [block.type, block.mediaType, block.bytes, block.name];
    case 'tool':
      // Not the call's id: it is another one in every run.
      return [
        block.type,
        block.name,
        block.input.text,
        block.input.fullLength,
        block.result?.isError,
        block.result?.text,
        block.result?.fullLength,
        block.result?.attachments,
      ];
  }
}

function gistOf(block: ContentBlock): string {
  switch (block.type) {
    case 'thinking':
      return '';
    case 'text':
    case 'notice':
      return block.text;
    case 'attachment':
      return `${block.mediaType} ${block.name ?? ''}`;
    case 'tool':
      return `tool_${block.name} ${block.summary}`;
  }
}

/** How alike two messages' words are, from 0 to 1 (the Jaccard index, estimated). */
export function likeness(a: Uint32Array, b: Uint32Array): number {
  const limit = Math.min(SKETCH_SIZE, a.length + b.length);
  let i = 0;
  let j = 0;
  let seen = 0;
  let common = 0;
  // The smallest hashes of the union are a fair sample of it.
  while (seen < limit && (i < a.length || j < b.length)) {
    const left = a[i] ?? Infinity;
    const right = b[j] ?? Infinity;
    if (left === right) common++;
    if (left <= right) i++;
    if (right <= left) j++;
    seen++;
  }
  return seen === 0 ? 0 : common / seen;
}

function sketch(text: string): Uint32Array {
  const hashes = new Set<number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
    if (!/[\u3040-\u9fff\uac00-\ud7af]/.test(word)) {
      hashes.add(hash32(word, 0));
      continue;
    }
    // Scripts without spaces between words: pairs of characters stand for words.
    for (let at = 0; at < Math.max(1, word.length - 1); at++) {
      hashes.add(hash32(word.slice(at, at + 2), 0));
    }
  }
  return Uint32Array.from(hashes).sort().slice(0, SKETCH_SIZE);
}

function hash53(text: string): number {
  return (hash32(text, 0x9e37) & 0x1fffff) * 2 ** 32 + hash32(text, 0);
}

/** FNV-1a over UTF-16 units with a final mix, so that the smallest hashes are a random sample. */
function hash32(text: string, seed: number): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
