/** Setting and removing the keys of model endpoints; what was typed goes to SecretStorage alone. */
import { l10n, window, type QuickPickItem } from 'vscode';
import { askText, pickFrom } from '../ask.ts';
import { Commands, ModelSettings } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import type { ModelKeys } from '../models/modelKeys.ts';
import { readEndpoints, SERVICES } from '../models/endpointSettings.ts';
import { openMachineSettings } from '../openSettings.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { registerCommand } from '../vscodeApi.ts';

const TITLES: Readonly<Record<string, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google',
};

interface EndpointItem extends QuickPickItem {
  readonly name?: string;
  readonly baseUrl?: string;
}

export function registerModelKeys(
  { log }: Pick<HostServices, 'log'>,
  keys: ModelKeys,
): Disposable[] {
  return [
    registerCommand(log, Commands.setModelKey, () => setKey(keys)),
    registerCommand(log, Commands.removeModelKey, () => removeKey(keys)),
  ];
}

/** The name of the endpoint whose key was set. */
async function setKey(keys: ModelKeys): Promise<string | undefined> {
  const { endpoints } = readEndpoints();
  const all = [
    ...endpoints,
    ...SERVICES.filter(({ name }) => !endpoints.some((one) => one.name === name)),
  ];
  const saved = await keys.names();
  const items: EndpointItem[] = all.map(({ name, baseUrl }) => ({
    label: plain(TITLES[name] ?? name),
    description: plain(new URL(baseUrl).host),
    ...(saved.includes(name) && { detail: l10n.t('has a key, which is replaced') }),
    name,
    baseUrl,
  }));
  const add: EndpointItem = {
    label: `$(add) ${l10n.t('Add an Endpoint…')}`,
    description: l10n.t('Ollama, LM Studio, OpenRouter, vLLM and the like'),
  };
  const picked = await pickFrom([...items, add], {
    title: l10n.t('Set the key of which endpoint?'),
    placeHolder: l10n.t('Keys are kept in VS Code’s secret storage'),
  });
  if (!picked) return undefined;
  const { name, baseUrl } = picked;
  if (name === undefined || baseUrl === undefined) {
    await openEndpointSettings();
    return undefined;
  }
  const key = await askText({
    title: l10n.t('Key of {0}', picked.label),
    prompt: l10n.t('It is sent to {0} only.', new URL(baseUrl).origin),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === '' ? l10n.t('The key is empty.') : undefined),
  });
  if (key === undefined) return undefined;
  await keys.set(name, baseUrl, key);
  void window.showInformationMessage(l10n.t('The key of {0} is kept.', picked.label));
  return name;
}

async function removeKey(keys: ModelKeys): Promise<void> {
  const names = await keys.names();
  if (names.length === 0) {
    void window.showInformationMessage(l10n.t('No key is kept.'));
    return;
  }
  const picked = await pickFrom(
    names.map((name) => ({ label: plain(TITLES[name] ?? name), name })),
    { title: l10n.t('Remove the key of which endpoint?') },
  );
  if (!picked) return;
  await keys.remove(picked.name);
  void window.showInformationMessage(l10n.t('The key of {0} is removed.', picked.label));
}

export function openEndpointSettings(): Thenable<unknown> {
  return openMachineSettings(ModelSettings.endpoints);
}
