/** The checks of the store's own files, in the order in which they are run. */
import type { Check } from './check.ts';
import { blobsCheck } from './checks/blobs.ts';
import { catalogueCheck, strayFactsCheck } from './checks/catalogue.ts';
import { factsCheck, snapshotsCheck } from './checks/copies.ts';
import { filesCheck, openingCheck } from './checks/files.ts';
import { lineageCheck } from './checks/lineage.ts';
import { membersCheck } from './checks/members.ts';
import { integrityCheck, pagesCheck } from './checks/pages.ts';
import { recordsCheck } from './checks/records.ts';

export const STORE_CHECKS: readonly Check[] = [
  openingCheck,
  pagesCheck,
  integrityCheck,
  recordsCheck,
  membersCheck,
  blobsCheck,
  // Before the forks: an anchor that is lost may only have been derived wrongly.
  catalogueCheck,
  lineageCheck,
  strayFactsCheck,
  factsCheck,
  // Before a snapshot is taken, which clears away what was left of one.
  filesCheck,
  snapshotsCheck,
];
