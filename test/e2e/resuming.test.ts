/** A session carried on in its agent: chosen, looked at, written, and the agent started with it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Sandbox } from '../../scripts/lib/sandbox.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import { allowAgents, chooseFromMenu, openTranscript, sessionRow } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
let window: VscodeWindow;
let called: string;

beforeAll(async () => {
  window = await openWindow({ name: 'resuming', prepare: addClaude });
  called = join(window.sandbox.home, 'claude-called');
  await allowAgents(window);
});

afterAll(() => window.close());

screenshotFailures(() => window);

/** A `claude` that notes what it was started with, and waits as the real one does. */
function addClaude({ home, env }: Sandbox): void {
  const bin = join(home, 'b in');
  mkdirSync(bin);
  const script = [
    '#!/bin/sh',
    'for word in "$PWD" "$@"; do printf "%s\\n" "$word"; done > "$HOME/claude-called.new"',
    'mv "$HOME/claude-called.new" "$HOME/claude-called"',
    'echo "Welcome back to this session."',
    'read answer',
  ];
  writeFileSync(join(bin, 'claude'), script.join('\n'));
  chmodSync(join(bin, 'claude'), 0o755);
  env['PATH'] = `${bin}:${env['PATH'] ?? ''}`;
  // VS Code asks a login shell for its variables, and the system's profile may begin the PATH anew.
  for (const name of ['.profile', '.zprofile']) {
    writeFileSync(join(home, name), `export PATH="${bin}:$PATH"\n`);
  }
}

async function pick(label: string): Promise<void> {
  const row = window.pick(label).first();
  await row.waitFor();
  await row.click();
}

test('asks for the agent, its own first, and says what it will do', async () => {
  await chooseFromMenu(window, sessionRow(window, title), 'Resume in Agent…');
  await window.pick('where this session comes from').waitFor();
  expect(await window.pick('').allTextContents()).toEqual([
    expect.stringContaining('Claude Code'),
    expect.stringContaining('Codex CLI'),
    expect.stringContaining('pi'),
  ]);
  await screenshot(window, 'resume-agent');
  await pick('Claude Code');
  await window.pick('Resume in Claude Code').waitFor();
  await screenshot(window, 'resume-plan');
});

test('shows what would be written, and writes nothing for that', async () => {
  await pick('Show What Would Be Written');
  await window.tab(/^Session for Claude Code/).waitFor();
  await window.page.getByText('Nothing was written yet.').first().waitFor();
  expect(existsSync(called)).toBe(false);
  await screenshot(window, 'resume-preview');
});

test('writes the session and starts the agent in its folder', async () => {
  const asked = window.notification('Write this session and start Claude Code?');
  await asked.getByRole('button', { name: 'Resume in Claude Code' }).click();
  await expect.poll(() => existsSync(called), { timeout: 20_000 }).toBe(true);
  const [folder, flag, id = ''] = readFileSync(called, 'utf8').split('\n');
  expect(folder).toBe(window.sandbox.workspace);
  expect(flag).toBe('--resume');
  const project = window.sandbox.workspace.replace(/[^A-Za-z0-9]/g, '-');
  const file = join(window.sandbox.home, '.claude', 'projects', project, `${id}.jsonl`);
  expect(readFileSync(file, 'utf8')).toContain('"forkedFrom"');
  await window.page.locator('.terminal-wrapper.active').waitFor();
  await screenshot(window, 'resume-terminal');
});

test('goes on from a message, and says how to get an agent that is missing', async () => {
  const frame = await openTranscript(window, sessionRow(window, title));
  await chooseFromMenu(window, frame.locator('mp-item').nth(1), 'Resume in Agent…');
  await pick('Codex CLI');
  await window.pick('Resume in Codex CLI').filter({ hasText: '2 messages' }).waitFor();
  await screenshot(window, 'resume-other-agent');
  await pick('Resume in Codex CLI');
  const missing = window.notification('The command “codex” of Codex CLI was not found');
  await missing.waitFor();
  await screenshot(window, 'resume-missing');
  await missing.getByRole('button', { name: 'Write and Copy Command' }).click();
  await window.notification('codex resume').waitFor();
});

test('copies a session as a prompt', async () => {
  await chooseFromMenu(window, sessionRow(window, title), 'Copy as Prompt');
  await window.page.getByText('Copied as a prompt: 6 messages').first().waitFor();
});

test('puts a file back that the agent deleted', async () => {
  const projects = join(window.sandbox.home, '.claude', 'projects');
  const lost = readdirSync(projects, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(projects, name))
    .find((file) => readFileSync(file, 'utf8').includes('"summary":"Retry lost webhooks"'));
  if (lost === undefined) throw new Error('The sample is missing.');
  const bytes = readFileSync(lost);
  rmSync(lost);
  const rescued = sessionRow(window, 'Retry lost webhooks.*rescued');
  await rescued.waitFor();
  await chooseFromMenu(window, rescued, 'Restore to Agent');
  await window.notification('Restored:').waitFor();
  expect(readFileSync(lost)).toEqual(bytes);
  await rescued.waitFor({ state: 'detached' });
});
