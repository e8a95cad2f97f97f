/**
 * What version 0.4.0 changes. Until it is released a migration may still be added at the end; one
 * that is on main is not edited, because stores of those who develop Multipath have it.
 */
import type { Migration } from './migration.ts';

export const VERSION_0_4_0: readonly Migration[] = [];
