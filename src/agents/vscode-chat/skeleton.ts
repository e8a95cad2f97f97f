/**
 * A value without what only the display needs. The reader replays a whole log; with tool results,
 * attached files and rendered prompts in it the state would be as large as the file.
 */
import { asObject } from '../json.ts';

const HEAVY: ReadonlySet<string> = new Set([
  '__proto__',
  'baseUri',
  'citations',
  'codeBlocks',
  'codeCitations',
  'contentReferences',
  'edits',
  'editorRange',
  'followups',
  'inputState',
  'originalContent',
  'renderedGlobalContext',
  'renderedUserMessage',
  'toolCallResults',
  'toolSpecificData',
  'uris',
  'variableData',
]);

const TEXT_LENGTH = 200;
const MAX_DEPTH = 12;

/** Lists keep their lengths, so that paths into them hold. */
export function skeletonOf(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    // A slice would keep the whole text in memory.
    return value.length <= TEXT_LENGTH
      ? value
      : Buffer.from(value.slice(0, TEXT_LENGTH)).toString();
  }
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item: unknown) => skeletonOf(item, depth + 1));
  const object = asObject(value);
  if (!object) return value;
  return Object.fromEntries(
    Object.entries(object)
      .filter(([key]) => !HEAVY.has(key))
      .map(([key, item]) => [key, skeletonOf(item, depth + 1)]),
  );
}
