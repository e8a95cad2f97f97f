/** A list of things to do, as several agents' tools keep one, in one line. */
import { asObject } from './json.ts';

/** `1 of 3 done`. */
export function todosDone(items: readonly unknown[]): string {
  const done = items.filter((item) => asObject(item)?.['status'] === 'completed').length;
  return `${done} of ${items.length} done`;
}
