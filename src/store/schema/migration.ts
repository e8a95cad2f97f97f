/** What a change of the schema is. */
import type { Database } from '../database.ts';

export interface Migration {
  readonly id: string;
  /**
   * Work too large for one transaction, done before `sql` in steps that are each durable. Returns
   * false when nothing is left to do. Cut short, it goes on from where it was at the next opening.
   */
  readonly step?: (database: Database) => boolean;
  readonly sql: string;
}
