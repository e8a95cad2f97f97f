/** Where the parts of a store lie in its folder (docs/store-format.md). */
import path from 'node:path';

export function warmFile(folder: string): string {
  return path.join(folder, 'warm.db');
}

/** Second copies: the facts log and snapshots. */
export function copiesFolder(folder: string): string {
  return path.join(folder, 'copies');
}

export function factsFile(folder: string): string {
  return path.join(copiesFolder(folder), 'facts.log');
}

/** Left by the store doctor where the database has to be made anew at the next opening. */
export function rebuildMark(folder: string): string {
  return `${warmFile(folder)}.rebuild`;
}
