/**
 * Which folder one that is gone is now: one with the same repository in it, at the same place in
 * it; or, where the folder above it was moved, the one of the same name below the new place. Where
 * two folders fit alike, or the other one was there at the same time, nothing is done: the person
 * can say it, and is offered what fits.
 */
import path from 'node:path';
import type { Place, PlaceIdentity } from '../../store/places.ts';

/** Folders that are gone, with where each is now. `present` are those that are there. */
export function foundAgain(
  known: readonly Place[],
  present: ReadonlyMap<string, PlaceIdentity>,
  missing: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const places = new Map(known.map((place) => [place.folder, place]));
  for (const folder of missing) {
    const place = places.get(folder);
    // Said by the person, or found already and still there.
    if (place?.movedBy === 'person') continue;
    if (place?.movedTo !== undefined && !missing.has(place.movedTo)) continue;
    // One that was seen before is a clone beside it, and not where it went.
    const fresh = new Map([...present].filter(([other]) => !places.get(other)?.identity));
    const to = sameFolder(place?.identity, fresh) ?? belowMoved(folder, known, present);
    if (to !== undefined) found.set(folder, to);
  }
  return found;
}

/** Folders that may be one that is gone, in the order of what speaks for them. */
export function likelyFolders(
  identity: PlaceIdentity | undefined,
  present: ReadonlyMap<string, PlaceIdentity>,
): string[] {
  if (!identity) return [];
  const bySame = [...present].filter(([, other]) => sameRepository(identity, other));
  return bySame
    .toSorted(
      ([, a], [, b]) => Number(b.birth === identity.birth) - Number(a.birth === identity.birth),
    )
    .map(([folder]) => folder);
}

/** True where both are the same place in one repository, as far as the two can be compared. */
export function sameRepository(a: PlaceIdentity, b: PlaceIdentity): boolean {
  if (a.within === undefined || a.within !== b.within) return false;
  if (a.birth !== undefined && a.birth === b.birth) return true;
  const remotes = [a.remote, b.remote].filter((remote) => remote !== undefined);
  return a.root !== undefined && a.root === b.root && new Set(remotes).size <= 1;
}

function sameFolder(
  identity: PlaceIdentity | undefined,
  present: ReadonlyMap<string, PlaceIdentity>,
): string | undefined {
  if (!identity) return undefined;
  const only = (fits: (other: PlaceIdentity) => boolean): string | undefined => {
    const folders = [...present].flatMap(([folder, other]) => (fits(other) ? [folder] : []));
    return folders.length === 1 ? folders[0] : undefined;
  };
  const { birth, within, root, remote } = identity;
  return (
    only((other) => birth !== undefined && birth === other.birth && within === other.within) ??
    only((other) => sameRepository(identity, other)) ??
    // All that an agent's records say of a folder that was never seen here.
    (root === undefined && birth === undefined && remote !== undefined
      ? only((other) => other.remote === remote && other.within === '')
      : undefined)
  );
}

function belowMoved(
  folder: string,
  known: readonly Place[],
  present: ReadonlyMap<string, PlaceIdentity>,
): string | undefined {
  for (const { folder: above, movedTo } of known) {
    const rest = path.relative(above, folder);
    if (movedTo === undefined || rest === '' || rest.startsWith('..') || path.isAbsolute(rest)) {
      continue;
    }
    const candidate = path.join(movedTo, rest);
    if (present.has(candidate)) return candidate;
  }
  return undefined;
}
