/** What a window knows of runs: its own at once, others through the store, and never less text. */
import { EventEmitter } from 'vscode';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Explorer, ExploreEvent, Run, RunQuery } from '../../../src/core/exploration.ts';
import { NO_TOKENS } from '../../../src/core/message.ts';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import { Runs } from '../../../src/ui/explore/runs.ts';
import { describeRun } from '../../../src/ui/explore/runText.ts';
import { RunTeller } from '../../../src/ui/panels/runTeller.ts';
import type { RunView } from '../../../src/protocol/panels.ts';

const RUN: Run = {
  id: 'r1',
  explorationId: 'x1',
  sessionId: 'f1',
  parentId: 'p1',
  strategyId: 'dialectical',
  strategyName: 'Dialectical',
  model: { id: 'local/m', name: 'M', provider: 'local' },
  state: 'running',
  step: 0,
  steps: 3,
  stepName: 'Thesis',
  partial: '',
  tokens: NO_TOKENS,
  tokensEstimated: false,
  unpriced: false,
  attempt: 1,
  createdAt: 1,
  runner: 'w1',
};

let stored: Run[];
let queries: RunQuery[];
let tell: (event: StoreEvent) => void;
let emit: (event: ExploreEvent) => void;
let runs: Runs;

beforeEach(() => {
  vi.useFakeTimers();
  stored = [RUN];
  queries = [];
  tell = emit = () => undefined;
  const never = new EventEmitter<never>();
  runs = new Runs({
    store: {
      getRuns: (query) => {
        queries.push(query);
        return Promise.resolve(stored);
      },
      onDidChange: (listener) => {
        tell = listener;
        return () => undefined;
      },
    },
    log: { debug: () => undefined },
    server: { onDidRestart: never.event, onDidChangeState: never.event },
  });
  const explorer: Pick<Explorer, 'onDidChange'> = {
    onDidChange: (listener) => {
      emit = listener;
      return () => undefined;
    },
  };
  runs.attach(explorer);
});

afterEach(() => {
  runs.dispose();
  vi.useRealTimers();
});

const said = (at: number, text: string, step = 0): ExploreEvent => ({
  type: 'text',
  runId: 'r1',
  sessionId: 'f1',
  step,
  at,
  text,
});

it('asks once for forks that an exploration made, together', async () => {
  expect(runs.ofSession({ id: 'f0', metadata: {} })).toBeUndefined();
  for (const id of ['f1', 'f2', 'f1']) {
    expect(runs.ofSession({ id, metadata: { explore: { run: 'r1' } } })).toBeUndefined();
  }
  await vi.advanceTimersByTimeAsync(100);
  expect(queries).toEqual([{ sessionIds: ['f1', 'f2'] }]);
  expect(runs.of('f1')).toEqual(RUN);
  expect(runs.live).toHaveLength(1);
});

it('follows what another window does through the store', async () => {
  const changed: string[] = [];
  runs.onDidChange((ids) => changed.push(...ids));
  stored = [{ ...RUN, partial: 'So far' }];
  tell({ type: 'runs', runs: ['r1'], sessions: ['f1'] });
  await vi.advanceTimersByTimeAsync(0);
  expect(queries).toEqual([{ ids: ['r1'] }]);
  expect(changed).toEqual(['f1']);
  expect(runs.of('f1')?.partial).toBe('So far');
});

it('never takes back text that arrived here, and takes a new attempt as it is', async () => {
  emit({ type: 'run', run: RUN });
  emit(said(0, 'Hello'));
  emit(said(5, ' world'));
  stored = [{ ...RUN, partial: 'Hello' }];
  tell({ type: 'runs', runs: ['r1'], sessions: ['f1'] });
  await vi.advanceTimersByTimeAsync(0);
  expect(runs.of('f1')?.partial).toBe('Hello world');
  emit({ type: 'run', run: { ...RUN, attempt: 2, partial: '' } });
  expect(runs.of('f1')?.partial).toBe('');
  emit(said(0, 'Next', 1));
  expect(runs.of('f1')).toMatchObject({ step: 1, partial: 'Next' });
});

it('tells a page of what comes in pieces that can be read, and of the end', async () => {
  const told: (RunView | null)[] = [];
  const teller = new RunTeller(
    runs,
    (view) => {
      told.push(view);
      return Promise.resolve();
    },
    () => Promise.resolve(undefined),
  );
  teller.follow('f1');
  emit({ type: 'run', run: RUN });
  for (let at = 0; at < 50; at++) emit(said(at, 'x'));
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toHaveLength(1);
  expect(told[0]?.text).toBe('x'.repeat(50));
  emit({ type: 'run', run: { ...RUN, state: 'done', step: 3 } });
  await vi.advanceTimersByTimeAsync(200);
  expect(told.at(-1)).toBeNull();
  expect(teller.state).toEqual({});
  teller.dispose();
});

it('tells a page what was asked once a step, however many pieces come', async () => {
  const told: (RunView | null)[] = [];
  const asked: number[] = [];
  const teller = new RunTeller(
    runs,
    (view) => {
      told.push(view);
      return Promise.resolve();
    },
    ({ step }) => {
      asked.push(step);
      return Promise.resolve(step === 0 ? 'Round up?' : 'y'.repeat(9_000));
    },
  );
  teller.follow('f1');
  emit({ type: 'run', run: RUN });
  for (let at = 0; at < 3; at++) {
    emit(said(at, 'x'));
    await vi.advanceTimersByTimeAsync(200);
  }
  expect(told.at(-1)).toMatchObject({ text: 'xxx', prompt: 'Round up?' });
  emit(said(0, 'z', 1));
  await vi.advanceTimersByTimeAsync(200);
  await vi.advanceTimersByTimeAsync(200);
  expect(told.at(-1)).toMatchObject({ step: 1, text: 'z', prompt: `${'y'.repeat(8_000)}…` });
  expect(asked).toEqual([0, 1]);
  teller.dispose();
});

it('says in words how a run stands', () => {
  expect(describeRun(RUN)).toBe('running · Thesis (1 of 3)');
  expect(describeRun({ ...RUN, state: 'failed', error: 'No such\nmodel' })).toBe(
    'failed · No such model',
  );
  expect(describeRun({ ...RUN, state: 'queued' })).toBe('queued');
});
