/** Schema changes of version 0.5.0. */
import type { Migration } from './migration.ts';

export const VERSION_0_5_0: readonly Migration[] = [
  {
    // Who wrote a merge's summary, as its record says (JSON). Merges of earlier versions do not say:
    // theirs is not known.
    id: 'merge/3',
    sql: 'ALTER TABLE merge ADD COLUMN summary_by TEXT;',
  },
];
