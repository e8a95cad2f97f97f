/** What the schema's migrations say, short enough to be kept and compared. */
import { createHash } from 'node:crypto';
import { MIGRATIONS } from '../../../../src/store/schema/migrations.ts';

/** SHA-256 of each migration's SQL by its id, in their order. */
export function schemaHashes(): Record<string, string> {
  return Object.fromEntries(
    MIGRATIONS.map(({ id, sql }) => [id, createHash('sha256').update(sql).digest('hex')]),
  );
}
