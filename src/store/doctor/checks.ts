/** The checks of the store's own files, in the order in which they are run. */
import type { Check } from './check.ts';
import { blobsCheck } from './checks/blobs.ts';
import { membersCheck } from './checks/members.ts';
import { integrityCheck, pagesCheck } from './checks/pages.ts';

export const STORE_CHECKS: readonly Check[] = [
  pagesCheck,
  integrityCheck,
  membersCheck,
  blobsCheck,
];
