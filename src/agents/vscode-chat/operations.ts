/**
 * The operations of VS Code's chat log, applied to a state: 0 replaces all of it, 1 sets a value, 2
 * cuts a list and appends to it, 3 deletes. A path that leads nowhere changes nothing.
 */
import { asArray, asObject, type JsonObject } from '../json.ts';

export type Path = readonly (string | number)[];

export interface Operation {
  readonly kind: 0 | 1 | 2 | 3;
  readonly path: Path;
  readonly value: unknown;
  /** Where a list is cut before the values are appended. */
  readonly at?: number;
}

/** State that operations change in place. */
export interface Holder {
  value: unknown;
}

/** No list of a session is longer; an index beyond would only fill the memory. */
const MAX_LENGTH = 1_000_000;

export function operationOf(record: JsonObject): Operation | undefined {
  const { kind, k, v, i } = record;
  if (kind === 0) return { kind, path: [], value: v };
  if (kind !== 1 && kind !== 2 && kind !== 3) return undefined;
  const path = asArray(k).filter((step) => typeof step === 'string' || isIndex(step));
  if (path.length === 0 || path.length !== asArray(k).length) return undefined;
  return { kind, path, value: v, ...(isIndex(i) && { at: i }) };
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MAX_LENGTH;
}

/** Returns whether it could be applied. */
export function apply(state: Holder, { kind, path, value, at }: Operation): boolean {
  const last = path.at(-1);
  if (last === undefined) {
    state.value = kind === 3 ? undefined : value;
    return true;
  }
  let target = state.value;
  for (const step of path.slice(0, -1)) target = childOf(target, step);
  if (kind === 2) {
    const list = childOf(target, last);
    if (list !== undefined && !Array.isArray(list)) return false;
    // The one place where a list of the state is changed.
    const changed = (list ?? []) as unknown[];
    if (at !== undefined) changed.length = Math.min(changed.length, at);
    for (const item of asArray(value)) changed.push(item);
    return list !== undefined || setChild(target, last, changed);
  }
  if (kind === 1) return setChild(target, last, value);
  if (Array.isArray(target) && typeof last === 'number') {
    target.splice(last, 1);
    return true;
  }
  return setChild(target, last, undefined);
}

function childOf(target: unknown, step: string | number): unknown {
  if (typeof step === 'number') return asArray(target)[step];
  const object = asObject(target);
  return object && Object.hasOwn(object, step) ? object[step] : undefined;
}

function setChild(target: unknown, step: string | number, value: unknown): boolean {
  if (typeof step === 'number') {
    if (!Array.isArray(target) || step > target.length) return false;
    target[step] = value;
    return true;
  }
  if (!asObject(target)) return false;
  // The state's objects are changed in place; their keys are their own, whatever they are called.
  const object = target as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(object, step);
  else Object.defineProperty(object, step, { value, ...OWN });
  return true;
}

const OWN = { configurable: true, enumerable: true, writable: true } as const;
