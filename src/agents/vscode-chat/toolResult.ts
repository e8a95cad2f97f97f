/**
 * The text of a tool's result, which VS Code keeps in several shapes: content parts, lists of
 * places, and trees of prompt pieces. Nothing here throws.
 */
import { asArray, asObject, asString, objectsIn, type JsonObject } from '../json.ts';

/** Trees of prompts are nested like the code that made them; deeper is damage. */
const MAX_DEPTH = 200;

/** `undefined` where there is no result at all. */
export function textOfResult(result: unknown): string | undefined {
  if (Array.isArray(result)) return objectsIn(asArray(result)).map(placeOf).join('\n');
  const object = asObject(result);
  if (!object) return undefined;
  const parts = objectsIn(asArray(object['content'] ?? object['output']));
  if (parts.length === 0) return undefined;
  return parts.map(textOfPart).join('\n');
}

function textOfPart(part: JsonObject): string {
  const { value } = part;
  if (typeof value === 'string') return value;
  const node = asObject(asObject(value)?.['node']);
  if (!node) return '';
  const texts: string[] = [];
  collect(node, texts, 0);
  return texts.join('').trim();
}

function collect(node: JsonObject, texts: string[], depth: number): void {
  if (depth > MAX_DEPTH) return;
  const { text } = node;
  if (typeof text === 'string') {
    const breaks = node['lineBreakBefore'];
    texts.push((breaks === true || breaks === 1) && texts.length > 0 ? `\n${text}` : text);
  }
  for (const child of objectsIn(asArray(node['children']))) collect(child, texts, depth + 1);
}

function placeOf(place: JsonObject): string {
  const uri = asObject(place['uri']) ?? place;
  const path = asString(uri['fsPath']) ?? asString(uri['path']) ?? '';
  const line = asObject(place['range'])?.['startLineNumber'];
  return typeof line === 'number' ? `${path}:${line}` : path;
}
