/**
 * Replays a chat session from its pieces: a document is one value, a log is operations on one. Keeps
 * which records every request stands on, and requests that were taken away.
 */
import { asArray, asObject, asString, objectsIn, type JsonObject } from '../json.ts';
import { Timeline, type TimelineNode } from '../timeline.ts';
import { apply, type Holder, type Operation } from './operations.ts';

/** What a record does. Values are skeletons and never changed. */
export type Step =
  | { readonly seq: number; readonly kind: 'operation'; readonly operation: Operation }
  /** Members of the session's own, beside its requests. */
  | { readonly seq: number; readonly kind: 'session'; readonly members: JsonObject }
  /** The beginning of a request, put at the end of the list or in a place of it. */
  | {
      readonly seq: number;
      readonly kind: 'request';
      readonly members: JsonObject;
      readonly place?: number;
    }
  /** More members of the request before. */
  | { readonly seq: number; readonly kind: 'members'; readonly members: JsonObject };

export interface Request {
  readonly asked: number[];
  readonly answered: number[];
  /** As it is at the end. */
  state: JsonObject;
}

export interface Replayed {
  readonly session: JsonObject;
  readonly nodes: readonly TimelineNode<Request>[];
  readonly leaf: number;
  /** Records whose operation could not be applied. */
  readonly failed: readonly number[];
}

const QUESTION: ReadonlySet<unknown> = new Set(['message', 'variableData']);

export function replay(steps: readonly Step[]): Replayed {
  const state: Holder = { value: {} };
  const timeline = new Timeline<Request>();
  const known = new Map<object, Request>();
  const byId = new Map<string, Request>();
  const failed: number[] = [];
  let current: Request | undefined;

  const requests = (): readonly unknown[] => asArray(asObject(state.value)?.['requests']);
  const requestAt = (index: number): Request | undefined => {
    const value = asObject(requests()[index]);
    return value && requestOf(value);
  };
  /** The request that an object of the state is: the same object, or another with its id. */
  const requestOf = (value: JsonObject): Request => {
    const id = asString(value['requestId']);
    const request =
      known.get(value) ?? (id === undefined ? undefined : byId.get(id)) ?? emptyRequest(value);
    request.state = value;
    known.set(value, request);
    if (id !== undefined) byId.set(id, request);
    return request;
  };
  const arrange = (): void => {
    timeline.arrange(objectsIn(requests()).map(requestOf));
  };
  const add = (members: JsonObject, place: number | undefined, seq: number): void => {
    if (!asObject(state.value)) state.value = {};
    const at = place ?? requests().length;
    const isNew = at === timeline.length && !byId.has(asString(members['requestId']) ?? '');
    const push = { kind: 2, path: ['requests'], value: [members] } as const;
    const set = { kind: 1, path: ['requests', at], value: members } as const;
    if (!apply(state, place === undefined ? push : set)) {
      failed.push(seq);
      return;
    }
    current = requestOf(members);
    if (isNew) timeline.append(current);
    else arrange();
    current[partOf(members)].push(seq);
  };
  const operate = (operation: Operation, seq: number): void => {
    const [first, index, part] = operation.path;
    const done = apply(state, { ...operation, value: structuredClone(operation.value) });
    if (!done) failed.push(seq);
    if (first === 'requests' && typeof index === 'number' && part !== undefined) {
      requestAt(index)?.[QUESTION.has(part) ? 'asked' : 'answered'].push(seq);
    } else if (first === undefined || first === 'requests') {
      const isPush = operation.kind === 2 && index === undefined;
      if (isPush && operation.at !== undefined) timeline.truncate(operation.at);
      if (requests().length === timeline.length && isPush) return;
      arrange();
      // Requests that came without a piece of their own, as on a damaged line: a record is in one
      // message at most, so the first stands for them.
      const bare = objectsIn(requests())
        .map(requestOf)
        .filter(({ asked, answered }) => asked.length + answered.length === 0);
      bare[0]?.asked.push(seq);
      if (bare.length > 1) failed.push(seq);
    }
  };

  for (const step of steps) {
    if (step.kind === 'request') add(structuredClone(step.members), step.place, step.seq);
    else if (step.kind === 'operation') operate(step.operation, step.seq);
    else if (step.kind === 'session') {
      const { requests: own, ...members } = structuredClone(step.members);
      state.value = { requests: own ?? requests(), ...asObject(state.value), ...members };
    } else if (current) {
      Object.assign(current.state, structuredClone(step.members));
      current[partOf(step.members)].push(step.seq);
    }
  }
  return { session: asObject(state.value) ?? {}, ...timeline.tree(), failed };
}

function emptyRequest(state: JsonObject): Request {
  return { asked: [], answered: [], state };
}

function partOf(members: JsonObject): 'asked' | 'answered' {
  return 'message' in members || !('response' in members) ? 'asked' : 'answered';
}
