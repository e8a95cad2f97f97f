/**
 * What is indexed of a message: its words first, then its tool calls with their results, then its
 * thinking, at most about 8 KB in all. A long tool result is searchable by its beginning.
 */
import type { ContentBlock } from '../core/message.ts';
import type { RenderedMessage, TextLimits } from '../core/reader.ts';
import { tokensOf } from './tokens.ts';

/** Characters of a message that are indexed. */
const MAX_TEXT = 8192;
/** Of one tool call's input or result, so that one call does not use up all the room. */
const MAX_TOOL_TEXT = 2048;
/** How much a renderer needs to give. */
export const INDEX_LIMITS: TextLimits = { text: MAX_TEXT, toolResult: MAX_TOOL_TEXT };
/** A term of its own that no query has: phrases do not run across it. */
const BREAK = '\u00b7';

/** The pieces of a message in the order of their worth. Snippets are cut from the same pieces. */
export function piecesOf({ content }: Pick<RenderedMessage, 'content'>): string[] {
  const pieces = [
    ...content.flatMap((block) => (block.type === 'text' ? [block.text] : [])),
    ...content.flatMap(toolPieces),
    ...content.flatMap((block) => (block.type === 'notice' ? [block.text] : [])),
    ...content.flatMap((block) => (block.type === 'thinking' ? [block.text] : [])),
    ...content.flatMap((block) =>
      block.type === 'attachment' && block.name !== undefined ? [block.name] : [],
    ),
  ];
  let left = MAX_TEXT;
  const kept: string[] = [];
  for (const piece of pieces) {
    if (left <= 0) break;
    const text = piece.slice(0, left).normalize('NFC');
    if (text.trim() === '') continue;
    kept.push(text);
    left -= text.length;
  }
  return kept;
}

function toolPieces(block: ContentBlock): string[] {
  if (block.type !== 'tool') return [];
  const { name, summary, input, result, edit } = block;
  return [
    `${name} ${summary}`,
    ...(edit ? [edit.path] : []),
    input.text.slice(0, MAX_TOOL_TEXT),
    ...(result ? [result.text.slice(0, MAX_TOOL_TEXT)] : []),
  ];
}

/**
 * The terms as SQLite indexes them: those of the text in order, so that phrases are found; then the
 * parts of identifiers, each identifier's once.
 */
export function indexText(pieces: readonly string[]): string {
  const terms: string[] = [];
  const identifiers = new Map<string, readonly string[]>();
  for (const piece of pieces) {
    if (terms.length > 0) terms.push(BREAK);
    for (const { term, parts } of tokensOf(piece)) {
      terms.push(term);
      if (parts.length > 0 && !identifiers.has(term)) {
        identifiers.set(
          term,
          parts.map((part) => part.term),
        );
      }
    }
  }
  for (const parts of identifiers.values()) terms.push(BREAK, ...parts);
  return terms.join(' ');
}
