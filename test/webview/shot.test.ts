import { test } from 'vitest';
import { storageSuite, usedStore, emptyStore } from './support/storageHost.ts';
import { THEMES } from './support/page.ts';
const open = storageSuite();
test.each(THEMES)('%s', async (theme) => {
  const { page, errors } = await open(usedStore, { theme });
  await page.locator('tr[data-index="3"]').waitFor();
  await page.locator('tr[data-index="0"] input').check();
  await page.screenshot({ path: `/tmp/uishots/used-${theme}.png` });
  await page.getByRole('tab', { name: 'Trash' }).click();
  await page.screenshot({ path: `/tmp/uishots/trash-${theme}.png` });
  await page.getByRole('tab', { name: 'Recent' }).click();
  await page.screenshot({ path: `/tmp/uishots/moves-${theme}.png` });
  console.log(errors);
});
test('empty', async () => {
  const { page, host } = await open(emptyStore);
  await page.getByText('Nothing is due').waitFor();
  await host.channel.request('task', {
    task: { kind: 'doctor', state: 'running', done: 3, total: 10, message: 'archive 0003' },
  });
  await page.screenshot({ path: `/tmp/uishots/empty.png` });
  await page.setViewportSize({ width: 600, height: 700 });
  await page.screenshot({ path: `/tmp/uishots/narrow.png` });
});
