/** What a panel's page is told of its own accord, and when. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventEmitter, type WebviewPanelOnDidChangeViewStateEvent } from 'vscode';
import { PageUpdates } from '../../../src/ui/panels/pageUpdates.ts';
import type { ServerState } from '../../../src/ui/sessionServer.ts';

let state: string;
let failure: Error | undefined;
let reads: number;
let told: unknown[];
let answer: () => Promise<unknown>;
/** What reading the state waits for. */
let reading: Promise<unknown>;
let page: PageUpdates<string>;
const viewState = new EventEmitter<WebviewPanelOnDidChangeViewStateEvent>();
const restarted = new EventEmitter<void>();
const serverState = new EventEmitter<ServerState>();
const panel = { visible: true, onDidChangeViewState: viewState.event };

beforeEach(() => {
  vi.useFakeTimers();
  [state, failure, reads, told] = ['one', undefined, 0, []];
  answer = () => Promise.resolve(undefined);
  reading = Promise.resolve(undefined);
  panel.visible = true;
  page = new PageUpdates<string>({
    ...{ name: 'Test', panel, gatherMs: 100, share: 0.5 },
    server: { onDidRestart: restarted.event, onDidChangeState: serverState.event },
    log: { debug: () => undefined },
    readState: async () => {
      reads++;
      const [read, failed] = [state, failure];
      await reading;
      if (failed) throw failed;
      return read;
    },
    changed: (next) => {
      told.push(next);
      return answer();
    },
    setNotice: (text) => {
      told.push({ notice: text });
      return Promise.resolve(undefined);
    },
  });
});

afterEach(() => {
  page.dispose();
  vi.useRealTimers();
});

const pass = (ms = 150) => vi.advanceTimersByTimeAsync(ms);

it('gathers changes, and tells of a state once', async () => {
  expect(await page.state()).toBe('one');
  for (let nth = 0; nth < 5; nth++) page.refreshSoon();
  await pass();
  expect([reads, told]).toEqual([2, []]);
  state = 'two';
  restarted.fire();
  await pass();
  page.refreshSoon();
  await pass();
  expect(told).toEqual(['two']);
});

it('knows what a page was answered, so that what it was before is told again', async () => {
  await page.state();
  state = 'two';
  await page.state();
  state = 'one';
  page.refreshSoon();
  await pass();
  expect(told).toEqual(['one']);
});

it('tells a page nothing that has not begun, is hidden, or is gone', async () => {
  state = 'two';
  page.refreshSoon();
  await pass();
  await page.state();
  panel.visible = false;
  viewState.fire({ webviewPanel: undefined as never });
  serverState.fire('away');
  page.refreshSoon();
  await pass();
  panel.visible = true;
  await page.state();
  page.refreshSoon();
  page.dispose();
  await pass();
  expect(told).toEqual([]);
  expect(page.isLoaded).toBe(false);
});

it('asks for one state at a time, and once more for what changed meanwhile', async () => {
  await page.state();
  let take = (): void => undefined;
  answer = () => new Promise<void>((resolve) => (take = resolve));
  state = 'two';
  page.refreshSoon();
  await pass();
  state = 'three';
  page.refreshSoon();
  await pass();
  expect(told).toEqual(['two']);
  take();
  await pass();
  expect(told).toEqual(['two', 'three']);
});

it('says why there is no state, and that the server is away, until that is over', async () => {
  await page.state();
  failure = new Error('One of the sessions is gone.');
  page.refreshSoon();
  await pass();
  failure = undefined;
  page.refreshSoon();
  await pass();
  expect(told).toEqual([{ notice: 'One of the sessions is gone.' }, { notice: null }, 'one']);
  told.length = 0;
  serverState.fire('away');
  serverState.fire('running');
  await pass();
  expect(told).toEqual([
    { notice: 'The session server went away and is being restarted.' },
    { notice: null },
    'one',
  ]);
});

it('tells nothing that was asked for before what the page was answered', async () => {
  await page.state();
  for (const problem of [undefined, new Error('One of the sessions is gone.')]) {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    [reading, state, failure] = [promise, 'target of before', problem];
    page.refreshSoon();
    await pass();
    [reading, state, failure] = [Promise.resolve(), 'another target', undefined];
    await page.state();
    resolve(undefined);
    await pass();
  }
  expect(told).toEqual([]);
});

it('takes a page that was hidden before its answer came for gone', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  reading = promise;
  const answered = page.state();
  panel.visible = false;
  viewState.fire({ webviewPanel: undefined as never });
  resolve(undefined);
  await answered;
  expect(page.isLoaded).toBe(false);
  page.refreshSoon();
  serverState.fire('away');
  await pass();
  expect(told).toEqual([]);
});

it('asks again for what changed while the first answer was under way', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  reading = promise;
  const answered = page.state();
  state = 'two';
  page.refreshSoon();
  await pass();
  expect(reads).toBe(1);
  resolve(undefined);
  expect(await answered).toBe('one');
  await pass(1000);
  expect(told).toEqual(['two']);
});

it('asks again for what changed while a page that is there waits for an answer', async () => {
  await page.state();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  [reading, state] = [promise, 'another target'];
  const answered = page.state();
  reading = Promise.resolve();
  state = 'another target, changed';
  page.refreshSoon();
  await pass();
  // The page would take the answer for what is newer.
  expect(told).toEqual([]);
  resolve(undefined);
  expect(await answered).toBe('another target');
  await pass(1000);
  expect(told).toEqual(['another target, changed']);
});

it('asks nothing more for a page that went while its first answer was under way', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  reading = promise;
  const answered = page.state();
  page.refreshSoon();
  await pass();
  panel.visible = false;
  viewState.fire({ webviewPanel: undefined as never });
  [reading, state] = [Promise.resolve(), 'two'];
  panel.visible = true;
  expect(await page.state()).toBe('two');
  resolve(undefined);
  await answered;
  await pass(1000);
  expect([reads, told]).toEqual([2, []]);
});
