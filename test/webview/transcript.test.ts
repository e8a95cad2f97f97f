/** The transcript panel with a played host: what it shows, asks, follows and remembers. */
import { describe, expect, test } from 'vitest';
import { eventually, list, positions, row } from './support/look.ts';
import { longScene, realisticScene } from './support/scenes.ts';
import { transcriptSuite, type Opened } from './support/suite.ts';
import { text } from './support/transcriptHost.ts';

const open = transcriptSuite();

const distanceFromEnd = ({ page }: Opened): Promise<number> =>
  list(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);

describe('the header and the shared prefix', () => {
  test('says what the session is and where it comes from', async () => {
    const { page, host } = await open(realisticScene);
    await page.getByRole('heading', { level: 1, name: 'single-flight promise' }).waitFor();
    await page.getByText('46 messages · 22.9k tokens · $0.14').waitFor();
    await page.getByRole('button', { name: 'fork of Fix login race at message 42' }).click();
    await eventually(() => {
      expect(host.argumentsOf('openSession')).toEqual([{ sessionId: 'parent', reveal: 41 }]);
      return Promise.resolve();
    });
  });

  test('folds the shared messages away but for the last, and shows them on request', async () => {
    const { page } = await open(realisticScene);
    await row(page, 41).waitFor();
    expect(await positions(page)).toEqual([41, 42, 43, 44, 45]);
    const earlier = page.getByRole('button', {
      name: '41 earlier messages, shared with Fix login race',
    });
    await earlier.click();
    await row(page, 0).waitFor();
    expect(await earlier.getAttribute('aria-expanded')).toBe('true');
    await earlier.click();
    await eventually(async () => expect(await positions(page)).toEqual([41, 42, 43, 44, 45]));
  });

  test('unfolds them when one of them is to be shown', async () => {
    const { page } = await open({
      ...realisticScene,
      state: { ...realisticScene.state, reveal: 7 },
    });
    await row(page, 7).waitFor();
    expect(await row(page, 7).isVisible()).toBe(true);
  });

  test('merged messages lead to where they were said, and those to where they went', async () => {
    const origin = 'parent:7';
    const merged = {
      ...{ merge: 'm', mode: 'append', sessionId: 'source', targetId: 's', at: 1 },
      origins: [origin],
    };
    const { page, host } = await open({
      count: 3,
      messages: (index) => ({
        role: 'user',
        content: [text(`message ${index}`)],
        ...(index === 1 && { metadata: { merged } }),
      }),
      merges: [
        { atMessage: 2, sessionId: 'target', title: 'on\u202e', mode: 'append', origin: 'log:2' },
      ],
    });
    await row(page, 1).getByRole('button', { name: 'Merged' }).click();
    await row(page, 2).getByTitle('Open “on\ufffd” where it was merged to').click();
    await eventually(() => {
      expect(host.argumentsOf('openSession')).toEqual([
        { sessionId: 'source', message: origin },
        { sessionId: 'target', message: 'log:2' },
      ]);
      return Promise.resolve();
    });
  });

  test('forks stand after the message they start from and open by a click', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 41).getByText('this branch').waitFor();
    await row(page, 41).getByRole('button', { name: 'rewrite as queue' }).click();
    await eventually(() => {
      expect(host.argumentsOf('openSession')).toEqual([{ sessionId: 'queue' }]);
      return Promise.resolve();
    });
  });
});

describe('a message', () => {
  test('offers its actions while it is pointed at', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 42).hover();
    await row(page, 42).getByRole('button', { name: 'Fork Here' }).waitFor();
    await row(page, 44).hover();
    await eventually(async () =>
      expect(await row(page, 42).getByRole('button', { name: 'Fork Here' }).count()).toBe(0),
    );
    await row(page, 42).hover();
    await row(page, 42).getByRole('button', { name: 'Fork Here' }).click();
    await row(page, 42)
      .getByRole('button', { name: /^Copy message/ })
      .click();
    await row(page, 42)
      .getByRole('button', { name: /^Open in an editor/ })
      .click();
    await eventually(() => {
      expect(host.argumentsOf('openFull')).toEqual([{ index: 42 }]);
      return Promise.resolve();
    });
    expect(host.argumentsOf('forkAt')).toEqual([{ index: 42 }]);
    expect(host.argumentsOf('copyText')).toHaveLength(1);
  });

  test('says that it was merged, and opens where it came from', async () => {
    const merged = {
      merge: 'm',
      mode: 'append',
      sessionId: 'mutex',
      targetId: 's',
      origins: ['log:3'],
      at: 0,
    };
    const { page, host } = await open({
      ...realisticScene,
      messages: (index) => ({
        ...realisticScene.messages(index),
        metadata: index === 44 ? { merged } : index === 45 ? { merged: { merge: 'broken' } } : {},
      }),
    });
    await row(page, 45).waitFor();
    const marks = page.getByRole('button', { name: 'Merged' });
    expect(await marks.count()).toBe(1);
    await row(page, 44).getByRole('button', { name: 'Merged' }).click();
    await eventually(() => {
      expect(host.argumentsOf('openSession')).toEqual([{ sessionId: 'mutex', message: 'log:3' }]);
      return Promise.resolve();
    });
  });

  test("carries what VS Code's context menu needs", async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 43).click({ button: 'right', position: { x: 5, y: 5 } });
    expect(JSON.parse((await row(page, 43).getAttribute('data-vscode-context')) ?? '')).toEqual({
      webviewSection: 'message',
      multipathMessage: 43,
      preventDefaultContextMenuItems: true,
    });
    await eventually(() => {
      expect(host.argumentsOf('setFocus').at(-1)).toEqual({ index: 43 });
      return Promise.resolve();
    });
  });

  test('tells of its tools in a line and shows input and result inside', async () => {
    const { page } = await open(realisticScene);
    const lines = row(page, 43).locator('summary');
    await lines.first().waitFor();
    expect(
      (await lines.allInnerTexts()).map((line) => line.replaceAll(/\s+/g, ' ').trim()),
    ).toEqual([
      expect.stringContaining('Thought'),
      expect.stringMatching(/Edit src\/auth\/token\.ts \+9 −2$/),
      expect.stringMatching(/\$ npm test -- auth 3 lines ok$/),
    ]);
    const failed = row(page, 45).locator('summary').first();
    expect(await failed.innerText()).toMatch(/exit 1$/);
    await failed.click();
    await row(page, 45).getByText('"command"').waitFor();
    await row(page, 45).getByText('AssertionError').waitFor();
  });

  test('code is coloured and can be copied', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 43).locator('.hljs-keyword').first().waitFor();
    await row(page, 43).locator('.mp-code').first().hover();
    await row(page, 43).getByRole('button', { name: 'Copy code' }).first().click();
    await eventually(() => {
      const [copied] = host.argumentsOf('copyText') as { text: string }[];
      expect(copied?.text).toMatch(/^\/\*\* Everybody who needs[^]*inFlight;\n\}$/);
      return Promise.resolve();
    });
  });
});

describe('a session that is being written', () => {
  test('is followed while its end is in view', async () => {
    const panel = await open(longScene(60));
    await row(panel.page, 59).waitFor();
    await panel.host.grow(6);
    await row(panel.page, 65).waitFor();
    await eventually(async () => expect(await distanceFromEnd(panel)).toBeLessThan(4));
  });

  test('does not move what is read further up, and says that more came', async () => {
    const panel = await open(longScene(60));
    const { page, host } = panel;
    await host.channel.request('reveal', { index: 20 });
    await eventually(async () => expect(await positions(page)).toContain(59));
    const top = await row(page, 20).evaluate((element) => element.getBoundingClientRect().top);
    await host.grow(6);
    const more = page.getByRole('button', { name: 'New messages' });
    await more.waitFor();
    expect(await row(page, 20).evaluate((element) => element.getBoundingClientRect().top)).toBe(
      top,
    );
    await more.click();
    await row(page, 65).waitFor();
    await eventually(async () => expect(await distanceFromEnd(panel)).toBeLessThan(4));
    expect(await more.count()).toBe(0);
  });
});

describe('states', () => {
  test('an empty session invites to write, where one may', async () => {
    const scene = { count: 0, messages: () => ({ role: 'user' as const, content: [] }) };
    const writable = await open(scene);
    await writable.page.getByText('Write the first one below.').waitFor();
    const readOnly = await open({ ...scene, state: { canWrite: false } });
    await readOnly.page.getByText('This session holds no messages.').waitFor();
    expect(await readOnly.page.getByRole('textbox').count()).toBe(0);
  });

  test('the first message of an empty session', async () => {
    const { page } = await open({
      count: 0,
      messages: () => ({ role: 'user', content: [text('never')] }),
    });
    await page.getByRole('textbox', { name: 'Message text' }).fill('Hello\nthere');
    await page.getByRole('button', { name: 'Add Message' }).click();
    await row(page, 0).getByText('Hello').waitFor();
    expect(await page.getByText('No messages yet').count()).toBe(0);
  });

  test('what cannot be read is said, and tried again on request', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 45).waitFor();
    host.failing.set('readMessages', 'The disk said no.');
    await page.reload();
    await page.getByText('These messages could not be read: The disk said no.').waitFor();
    // Asked once, by the reload: it does not insist by itself.
    await page.setViewportSize({ width: 700, height: 500 });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    expect(host.argumentsOf('readMessages')).toHaveLength(2);
    host.failing.clear();
    await page.getByRole('button', { name: 'Retry' }).click();
    await row(page, 45).waitFor();
    expect(await page.getByText('The disk said no.').count()).toBe(0);
  });

  test('what could not be read comes by itself when the store is back', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 45).waitFor();
    host.failing.set('readMessages', 'Nobody answers.');
    await page.reload();
    await host.channel.request('setNotice', { text: 'The store is away.' });
    await page.getByText('These messages could not be read: Nobody answers.').waitFor();
    host.failing.clear();
    await host.channel.request('setNotice', { text: null });
    await row(page, 45).waitFor();
    expect(await page.getByText('Nobody answers.').count()).toBe(0);
  });

  test('a session that is gone is said, and tried again on request', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 45).waitFor();
    host.failing.set('ready', 'This session is no longer in the store.');
    await page.reload();
    await page.getByText('This session is no longer in the store.').waitFor();
    host.failing.clear();
    await page.getByRole('button', { name: 'Retry' }).click();
    await row(page, 45).waitFor();
  });

  test('a failed fork and a failed message are said, and the draft is kept', async () => {
    const { page, host } = await open(realisticScene);
    host.failing.set('forkAt', 'No place to cut.');
    host.failing.set('append', 'The store is read-only.');
    await row(page, 44).focus();
    await page.keyboard.press('f');
    await page.getByRole('alert').getByText('Forking failed: No place to cut.').waitFor();
    const box = page.getByRole('textbox', { name: 'Message text' });
    await box.fill('precious');
    await page.getByRole('button', { name: 'Add Message' }).click();
    await page
      .getByRole('alert')
      .getByText('Adding the message failed: The store is read-only.')
      .waitFor();
    expect(await box.inputValue()).toBe('precious');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByText('The store is read-only.').count()).toBe(0);
  });

  test('a notice comes and goes', async () => {
    const { page, host } = await open(realisticScene);
    await row(page, 45).waitFor();
    await host.channel.request('setNotice', { text: 'The store is away.' });
    await page.getByRole('status').getByText('The store is away.').waitFor();
    await host.channel.request('setNotice', { text: null });
    await eventually(async () =>
      expect(await page.getByText('The store is away.').count()).toBe(0),
    );
  });

  test('the host speaks the language of the panel', async () => {
    const { page } = await open({
      ...realisticScene,
      state: { strings: { You: 'Du', 'Add Message': 'Nachricht hinzufügen' } },
    });
    await row(page, 42).getByRole('heading', { name: 'Du' }).waitFor();
    await page.getByRole('button', { name: 'Nachricht hinzufügen' }).waitFor();
  });
});

describe('after a reload', () => {
  test('draft, folds, place and the shared prefix are as they were', async () => {
    const { page } = await open(realisticScene);
    await row(page, 45).locator('summary').first().click();
    await page.getByRole('textbox', { name: 'Message text' }).fill('half a thought');
    await page.getByRole('combobox', { name: 'Written by' }).click();
    await page.getByRole('option', { name: 'Assistant' }).click();
    await page.getByRole('button', { name: /41 earlier/ }).click();
    await row(page, 12).evaluate((element) => element.scrollIntoView());
    await eventually(async () => {
      const kept = await page.evaluate(() => sessionStorage.getItem('state'));
      expect(JSON.parse(kept ?? 'null')).toMatchObject({
        place: { index: 12 },
        draft: { text: 'half a thought', role: 'assistant' },
        expanded: true,
      });
    });
    await page.reload();
    await eventually(async () => {
      const top = await row(page, 12).evaluate((element) => element.getBoundingClientRect().top);
      expect(Math.abs(top - 38)).toBeLessThan(6);
    });
    expect(await page.getByRole('textbox', { name: 'Message text' }).inputValue()).toBe(
      'half a thought',
    );
    await page.getByRole('button', { name: 'Add Message' }).click();
    await row(page, 46).getByRole('heading', { name: 'Assistant' }).waitFor();
    await row(page, 45).locator('details[open]').first().waitFor();
  });

  test('the end is the end again', async () => {
    const panel = await open(longScene(300));
    await row(panel.page, 299).waitFor();
    await eventually(async () => expect(await distanceFromEnd(panel)).toBeLessThan(4));
    await panel.page.reload();
    await row(panel.page, 299).waitFor();
    await eventually(async () => expect(await distanceFromEnd(panel)).toBeLessThan(4));
  });
});
