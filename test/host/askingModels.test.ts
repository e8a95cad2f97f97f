/** Exploring with models of VS Code itself: the whole way through `vscode.lm` to another extension's. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ModelInfo } from '../../src/core/models.ts';
import { textOf } from '../../src/core/message.ts';
import { BUILT_IN_STRATEGIES } from '../../src/core/strategies.ts';
import type { Companion } from './companion/extension.ts';
import { multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const SINGLE = BUILT_IN_STRATEGIES.filter(({ id }) => id === 'single');

describe('exploring through vscode.lm', () => {
  let api: TestApi;
  let companion: Companion;
  let models: readonly ModelInfo[];
  let sessionId: string;

  before(async () => {
    api = await multipathApi();
    const extension = vscode.extensions.getExtension<Companion>(
      'multipath-tests.multipath-companion',
    );
    assert.ok(extension, 'the second extension is not loaded in this window');
    companion = await extension.activate();
    assert.ok(vscode.workspace.isTrusted, 'the window of the tests is not trusted');
    await until('VS Code offers the scripted models', async () => {
      const all = await api.models.listModels();
      models = all.filter(({ provider }) => provider === 'multipath-tests');
      return models.length === 5;
    });
    const { id } = await api.store.createSession({ title: 'To be explored' });
    await api.store.appendMessages(id, [
      {
        role: 'user',
        text: `The queue drops jobs. My token is ${TOKEN}`,
      },
      { role: 'assistant', text: 'The worker acknowledges too early.' },
    ]);
    sessionId = id;
  });

  const modelCalled = (name: string): ModelInfo => {
    const model = models.find(({ id }) => id === `vscode/multipath-tests/${name}`);
    assert.ok(model, name);
    return model;
  };

  it('runs three strategies in forks of their own, and takes secrets out of what is sent', async () => {
    const wanted = ['single', 'dialectical', 'critique-and-revise'];
    const strategies = BUILT_IN_STRATEGIES.filter(({ id }) => wanted.includes(id));
    assert.equal(strategies.length, 3);
    const explorer = await api.explorer();
    const { runs } = await explorer.explore(sessionId, 1, strategies, {
      question: 'How is that mended?',
      models: [modelCalled('steady')],
    });
    const ended = await explorer.finished(runs.map(({ id }) => id));
    assert.deepEqual(
      ended.map(({ state, error }) => error ?? state),
      ['done', 'done', 'done'],
    );
    for (const [index, run] of ended.entries()) {
      const fork = await api.store.getSession(run.sessionId);
      assert.equal(fork?.parentId, sessionId);
      assert.equal(fork.inheritedCount, 2);
      const steps = strategies[index]?.steps.length ?? 0;
      assert.ok(fork.messageCount > 2 + steps - 1, `${run.strategyName} kept its answers`);
      assert.ok(run.tokens.input > 0 && run.tokensEstimated, 'what it took is estimated');
    }
    const sent = companion.asked.join('\n');
    assert.ok(sent.includes('The worker acknowledges too early.'), 'the conversation is sent');
    assert.ok(!sent.includes(TOKEN), 'the token is not');
  });

  it('cancels a run at once, keeps what arrived, and tells the model', async () => {
    const explorer = await api.explorer();
    const { runs } = await explorer.explore(sessionId, 1, SINGLE, {
      question: 'Slowly, please?',
      models: [modelCalled('patient')],
    });
    const ids = runs.map(({ id }) => id);
    await until('a piece of the answer is in the store', async () => {
      const [run] = await api.store.getRuns({ ids });
      return run?.partial === 'Answer of patient, ';
    });
    explorer.cancel(ids);
    const [run] = await explorer.finished(ids);
    assert.equal(run?.state, 'cancelled');
    assert.equal(run.partial, 'Answer of patient, ');
    await until('the model was told', () => Promise.resolve(companion.cancelled.length === 1));
  });

  it('shows why a model refused, and leaves the others alone', async () => {
    const explorer = await api.explorer();
    const { runs } = await explorer.explore(sessionId, 1, SINGLE, {
      question: 'And this?',
      models: [modelCalled('broken'), modelCalled('steady')],
    });
    const [broken, steady] = await explorer.finished(runs.map(({ id }) => id));
    assert.equal(broken?.state, 'failed');
    assert.match(broken.error ?? '', /not that question/);
    assert.equal(steady?.state, 'done');
  });

  it('keeps the piece of an answer that breaks off right after it, and goes on when retried', async () => {
    const explorer = await api.explorer();
    const stop = explorer.onDidChange((event) => {
      if (event.type === 'text' && event.text === 'It begins ') companion.breakOff();
    });
    const { runs } = await explorer.explore(sessionId, 1, SINGLE, {
      question: 'Once more?',
      models: [modelCalled('flaky')],
    });
    const ids = runs.map(({ id }) => id);
    const [failed] = await explorer.finished(ids);
    stop();
    assert.equal(failed?.state, 'failed');
    assert.equal(failed.partial, 'It begins ', failed.error);
    assert.match(failed.error ?? '', /could not answer.*the line broke/);
    const shown = await api.store.getRuns({ ids });
    assert.deepEqual(shown, [failed], 'the store says the same');
    await explorer.retry(ids);
    const [done] = await explorer.finished(ids);
    assert.equal(done?.state, 'done');
    assert.equal(done.attempt, 2);
    const { messages } = await api.store.readMessages(done.sessionId, { start: 2, end: 10 });
    assert.deepEqual(messages.map(textOf), ['Once more?', 'Answer of flaky, whole.']);
  });

  it('takes no harm from one that is over before VS Code hands anything on', async () => {
    const explorer = await api.explorer();
    const { runs } = await explorer.explore(sessionId, 1, SINGLE, {
      question: 'At once?',
      models: [modelCalled('abrupt')],
    });
    const ids = runs.map(({ id }) => id);
    const [failed] = await explorer.finished(ids);
    assert.equal(failed?.state, 'failed');
    assert.match(failed.error ?? '', /the line broke/);
    assert.ok(['', 'It begins '].includes(failed.partial), failed.partial);
    await explorer.retry(ids);
    const [done] = await explorer.finished(ids);
    assert.equal(done?.state, 'done');
    const { messages } = await api.store.readMessages(done.sessionId, { start: 2, end: 10 });
    assert.deepEqual(messages.map(textOf), ['At once?', 'Answer of abrupt, whole.']);
  });
});
