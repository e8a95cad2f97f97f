/** What a reload of the window must not lose: the list one was looking at, and what was chosen. */
import * as v from 'valibot';
import type { StorageList } from '../../src/protocol/panels.ts';

export interface SavedView {
  readonly list: StorageList;
  /** Session ids, per list that can be chosen from. */
  readonly chosen: Readonly<Record<ChoosableList, readonly string[]>>;
}
export type ChoosableList = Exclude<StorageList, 'moves'>;

const schema = v.object({
  list: v.picklist(['planned', 'trash', 'moves']),
  chosen: v.object({ planned: v.array(v.string()), trash: v.array(v.string()) }),
});

/** What was saved, or the view of a new panel: the state is the webview's own and may be old. */
export function savedView(state: unknown): SavedView {
  const parsed = v.safeParse(schema, state);
  return parsed.success ? parsed.output : { list: 'planned', chosen: { planned: [], trash: [] } };
}
