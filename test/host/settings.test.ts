/** The folders a setting names are looked into instead of the usual place, and never written to. */
import * as assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { multipathApi, type TestApi } from './support/multipath.ts';
import { until } from './support/until.ts';

describe('the folders of an agent', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-setting-'));
  const settings = () => vscode.workspace.getConfiguration('multipath.agents.claudeCode');
  let api: TestApi;

  before(async () => {
    api = await multipathApi();
    const project = path.join(folder, 'projects', '-elsewhere');
    mkdirSync(project, { recursive: true });
    writeFileSync(path.join(project, '00000000-0000-4000-8000-000000000001.jsonl'), '{}\n');
  });

  after(async () => {
    await settings().update('folders', undefined, vscode.ConfigurationTarget.Global);
    await until('the usual place is looked into again', async () => (await rootOf()) !== folder);
    rmSync(folder, { recursive: true, force: true });
  });

  it('are those of the setting', async () => {
    assert.notEqual(await rootOf(), folder);
    await settings().update('folders', [folder], vscode.ConfigurationTarget.Global);
    await until('the setting is honoured', async () => (await rootOf()) === folder);
    const [survey] = await api.store.surveyAgents();
    assert.equal(survey?.files, 1);
  });

  async function rootOf(): Promise<string | undefined> {
    return (await api.store.surveyAgents())[0]?.roots[0];
  }
});
