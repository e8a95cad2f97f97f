/**
 * The endpoints of the setting `multipath.models.endpoints`, and the services that need none there.
 * Only what the person set for this machine counts: a folder that somebody sent must not say where
 * conversations and keys go, whatever VS Code itself thinks of the setting's scope.
 */
import { l10n, workspace } from 'vscode';
import {
  ENDPOINT_KINDS,
  SERVICE_URLS,
  type Endpoint,
  type EndpointKind,
} from '../../models/endpoint.ts';
import { ModelSettings } from '../contributions.ts';
import { VSCODE_SOURCE } from './vscodeModels.ts';

export interface EndpointList {
  readonly endpoints: readonly Endpoint[];
  /** What makes no sense there, for the person. */
  readonly problems: readonly string[];
}

/** OpenAI, Anthropic and Google themselves: they count once they have a key. */
export const SERVICES: readonly Endpoint[] = Object.entries(SERVICE_URLS).map(
  ([name, baseUrl]) => ({ name, kind: kindOf(name) ?? 'openai', baseUrl }),
);

export function readEndpoints(value: unknown = ofTheMachine()): EndpointList {
  if (value === undefined) return { endpoints: [], problems: [] };
  if (!Array.isArray(value)) {
    return {
      endpoints: [],
      problems: [l10n.t('multipath.models.endpoints has to be a list of endpoints.')],
    };
  }
  const endpoints: Endpoint[] = [];
  const problems: string[] = [];
  for (const [index, entry] of value.entries()) {
    const endpoint = endpointOf(entry);
    const number = String(index + 1);
    if (typeof endpoint === 'string') {
      problems.push(l10n.t('multipath.models.endpoints, number {0}: {1}', number, endpoint));
    } else if (endpoints.some(({ name }) => name === endpoint.name)) {
      problems.push(l10n.t('multipath.models.endpoints: “{0}” stands there twice.', endpoint.name));
    } else endpoints.push(endpoint);
  }
  return { endpoints, problems };
}

function ofTheMachine(): unknown {
  const found = workspace.getConfiguration().inspect<unknown>(ModelSettings.endpoints);
  return found?.globalValue;
}

/** An endpoint, or what is wrong with it. */
function endpointOf(entry: unknown): Endpoint | string {
  if (typeof entry !== 'object' || entry === null) return l10n.t('it is no object');
  const given: Readonly<Record<string, unknown>> = { ...entry };
  const { name, url, kind: wanted = 'openai-compatible', models, maxInputTokens } = given;
  if (typeof name !== 'string' || !/^[\w.-]{1,60}$/.test(name) || name === VSCODE_SOURCE) {
    return l10n.t(
      'its “name” has to be letters, digits, dots, hyphens and underscores, and not “vscode”',
    );
  }
  const kind = kindOf(wanted);
  if (kind === undefined) {
    return l10n.t('its “kind” has to be one of {0}', ENDPOINT_KINDS.join(', '));
  }
  const address = url ?? (kind === 'openai-compatible' ? undefined : SERVICE_URLS[kind]);
  if (typeof address !== 'string' || !/^https?:\/\//i.test(address) || !URL.canParse(address)) {
    return l10n.t('its “url” has to be an address such as http://localhost:11434/v1');
  }
  const { username, password } = new URL(address);
  if (username !== '' || password !== '') {
    return l10n.t('its “url” holds a password; keys are set by “Multipath: Set Model Key…”');
  }
  const names = Array.isArray(models)
    ? models.filter((model): model is string => typeof model === 'string' && model.trim() !== '')
    : [];
  const isCount = typeof maxInputTokens === 'number' && maxInputTokens > 0;
  return {
    name,
    kind,
    baseUrl: address.replace(/\/+$/, ''),
    ...(names.length > 0 && { models: names }),
    ...(isCount && { maxInputTokens }),
  };
}

function kindOf(value: unknown): EndpointKind | undefined {
  return ENDPOINT_KINDS.find((kind) => kind === value);
}
