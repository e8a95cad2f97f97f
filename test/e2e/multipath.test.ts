/**
 * The whole story in one window: from one message several ways are explored, compared, judged, the
 * best is merged back, and taken back. By mouse; multipathKeys.test.ts does it by keyboard alone. Its
 * models are on a server of the test; nothing leaves the machine.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startModelServer, type ModelServer, type Script } from '../unit/support/modelServer.ts';
import { axeViolations } from './support/accessibility.ts';
import { answerExploring, withEndpoint } from './support/exploring.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import {
  allowAgents,
  chooseFromMenu,
  drawnTranscript,
  forkRows,
  openTranscript,
  sessionRow,
  unfold,
} from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const title = 'Fix rounding of invoice totals';
const strategies = ['Single', 'Sequential refinement', 'Dialectical'];
const question = 'Round once, but where?';
let window: VscodeWindow;
let server: ModelServer;

/** Judges for B, sums up in one sentence, and answers everything else. */
function scriptOf({ body }: { readonly body: string }, nth: number): Script {
  if (body.includes('You judge two continuations')) {
    return { pieces: [JSON.stringify({ reason: 'It says where to round.', winner: 'B' })] };
  }
  if (body.includes('You sum up a part')) return { pieces: ['Round once, ', 'at the total.'] };
  return { pieces: ['At the total, ', `in cents. That was answer ${nth}.`] };
}

beforeAll(async () => {
  server = await startModelServer(scriptOf);
  window = await openWindow({ name: 'multipath', prepare: withEndpoint(server.url, ['clever']) });
  await allowAgents(window);
});

afterAll(async () => {
  await window.close();
  await server.close();
});

screenshotFailures(() => window);

const fork = (strategy: string) => forkRows(window, `${strategy} · clever`).first();

test('explores three strategies from one message, by mouse', async () => {
  const frame = await openTranscript(window, sessionRow(window, title));
  const message = frame.locator('mp-item').nth(2);
  await message.hover();
  await message.getByRole('button', { name: 'Explore…' }).click();
  await answerExploring(window, { strategies, models: ['clever'], question });
  expect(server.asked).toEqual([]);
  await window.pick('Start').first().click();
  await window.notification('3 runs are done').waitFor();
  await unfold(sessionRow(window, title));
  for (const strategy of strategies) await fork(strategy).waitFor();
  await screenshot(window, 'story-explored');
});

test('compares the three side by side', async () => {
  await window.notification('3 runs are done').getByRole('button', { name: 'Compare' }).click();
  const frame = await window.webview('compare');
  await frame.getByText('At the total, in cents.').first().waitFor();
  expect(await axeViolations(frame)).toEqual([]);
  await screenshotThemes(window, 'story-compare');
});

test('chooses the best, and asks a model to judge', async () => {
  await chooseFromMenu(window, sessionRow(window, title), 'Choose Best Fork…');
  await window.pick('of 100').first().waitFor();
  await screenshot(window, 'story-best');
  await window.pick('Ask a Model to Judge…').click();
  await window.pick('clever').first().waitFor();
  await screenshot(window, 'story-judge-model');
  await window.pick('clever').first().click();
  const editor = window.page.locator('.monaco-editor .view-lines').last();
  await expect.poll(() => editor.innerText(), { timeout: 30_000 }).toMatch(/order.decided:.take/);
  await screenshot(window, 'story-judgement');
  // A judge that always prefers what stands second has not chosen anybody.
  await chooseFromMenu(window, sessionRow(window, title), 'Choose Best Fork…');
  await window.pick('a model: 0 won').first().waitFor();
  await inputOf(window).press('Enter');
  await drawnTranscript(window);
  // The comparison of just these tells of it, too, and leads to the reasons.
  await chooseFromMenu(window, sessionRow(window, title), 'Choose Best Fork…');
  await window.pick('Compare them side by side').click();
  const frame = await window.webview('compare');
  await frame.getByRole('button', { name: 'even' }).first().waitFor();
  await screenshotThemes(window, 'story-judged');
  await frame.getByRole('button', { name: 'even' }).first().click();
  await window.tab(/^Judgement/).waitFor();
});

test('merges one as a summary that a model wrote, and takes it back', async () => {
  await chooseFromMenu(window, fork('Dialectical'), 'Merge Branch…');
  const panel = await window.webview('merge');
  await panel.getByRole('radio', { name: 'A summary' }).check();
  await panel.getByRole('button', { name: 'Write with the Model' }).click();
  const text = panel.getByRole('textbox', { name: 'Summary' });
  await expect.poll(() => text.inputValue()).toBe('Round once, at the total.');
  await panel.getByText('Merged summary').waitFor();
  await panel.getByRole('checkbox', { name: 'Add behind them' }).check();
  expect(await axeViolations(panel)).toEqual([]);
  await screenshotThemes(window, 'story-merge');
  await panel.getByRole('button', { name: 'Merge', exact: true }).click();
  await panel.getByText('1 message was merged into').waitFor();
  await forkRows(window, `${title}.*7 messages`).first().waitFor();
  await panel.getByRole('button', { name: 'Undo' }).click();
  await panel.getByText('was taken back').waitFor();
  await forkRows(window, `${title}.*7 messages`).waitFor({ state: 'detached' });
});

test('draws the family with what became of it', async () => {
  await chooseFromMenu(window, sessionRow(window, title), 'Show Graph');
  const frame = await window.webview('graph');
  await frame.getByText(title).first().waitFor();
  await screenshotThemes(window, 'story-graph');
  expect(await axeViolations(frame)).toEqual([]);
});
