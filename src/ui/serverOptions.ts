/** What the session server is told when it starts, from the settings. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { workspace, type ConfigurationChangeEvent, type ExtensionContext } from 'vscode';
import type { ServerOptions } from '../protocol/events.ts';
import { Settings } from './contributions.ts';
import { readPrices, warnOfPrices } from './ownPrices.ts';
import { readStoragePolicy } from './storagePolicy.ts';

/** By agent: the setting that names folders instead of the agent's own. */
const FOLDERS = {
  'claude-code': Settings.claudeCodeFolders,
  codex: Settings.codexFolders,
  pi: Settings.piFolders,
  gemini: Settings.geminiFolders,
  'vscode-chat': Settings.vscodeChatFolders,
} as const;

const DEFAULT_HOT_MEGABYTES = 32;

export function readServerOptions(context: ExtensionContext): ServerOptions {
  const configuration = workspace.getConfiguration();
  const hot = configuration.get<unknown>(Settings.hotMegabytes);
  const named = Object.entries(FOLDERS).flatMap(([agent, setting]) => {
    const folders = foldersOf(configuration.get<unknown>(setting), homedir());
    return folders.length > 0 ? [[agent, folders] as const] : [];
  });
  return {
    storePath: context.globalStorageUri.fsPath,
    agentRoots: Object.fromEntries(named),
    hotBytes: megabytes(hot) * 1_000_000,
    version: versionOf(context),
    storage: readStoragePolicy(),
    prices: readPrices(warnOfPrices),
  };
}

/** Of the extension, as its package.json says. */
function versionOf({ extension }: ExtensionContext): string {
  const manifest: unknown = extension.packageJSON;
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

/** What the server is told once, when it starts. */
export function affectsServer(event: ConfigurationChangeEvent): boolean {
  const told = [...Object.values(FOLDERS), Settings.hotMegabytes];
  return told.some((setting) => event.affectsConfiguration(setting));
}

/** Absolute folders; `~` stands for the home folder. What is no text in the setting is left out. */
export function foldersOf(value: unknown, home: string): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((folder): folder is string => typeof folder === 'string' && folder.trim() !== '')
    .map((folder) => folder.trim())
    .map((folder) => (/^~(?=$|[/\\])/.test(folder) ? join(home, folder.slice(1)) : folder));
}

function megabytes(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 1
    ? Math.min(value, 1024)
    : DEFAULT_HOT_MEGABYTES;
}
