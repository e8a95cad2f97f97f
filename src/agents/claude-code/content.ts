/** Typed access to the content of a message, which may be a string, blocks or anything at all. */
import { asArray, asObject, asString, objectsIn, type JsonObject } from '../json.ts';

export interface ContentParts {
  readonly texts: readonly string[];
  readonly results: readonly JsonObject[];
  /** Images, documents and other blocks that are neither text nor a tool's result. */
  readonly attachments: readonly JsonObject[];
  /** False when the record has nothing where its content should be. */
  readonly readable: boolean;
}

/** What a record's `message` says; old and foreign writers put the text right there. */
export function contentOf(record: JsonObject): unknown {
  const message = asObject(record['message']);
  return message ? message['content'] : record['message'];
}

export function partsOf(content: unknown): ContentParts {
  if (typeof content === 'string') {
    return { texts: [content], results: [], attachments: [], readable: true };
  }
  const texts: string[] = [];
  const results: JsonObject[] = [];
  const attachments: JsonObject[] = [];
  for (const item of asArray(content)) {
    const block = asObject(item);
    const text = typeof item === 'string' ? item : block?.['type'] === 'text' && block['text'];
    if (typeof text === 'string') texts.push(text);
    else if (block?.['type'] === 'tool_result') results.push(block);
    else if (block && asString(block['type']) !== undefined) attachments.push(block);
  }
  return { texts, results, attachments, readable: Array.isArray(content) };
}

/** Blocks of an answer; a plain string counts as one text block. */
export function blocksOf(content: unknown): readonly JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return objectsIn(asArray(content));
}
