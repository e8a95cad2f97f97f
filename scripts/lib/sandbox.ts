/**
 * Folders of its own for a VS Code we start: user data, extensions, home with sample sessions. The
 * environment is an allow-list, so that no variable of the person's shell (CLAUDE_CONFIG_DIR,
 * XDG_DATA_HOME, VSCODE_IPC_HOOK …) leads a window or an agent's reader back to their own files.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { writeSampleSessions } from './sampleSessions.ts';

export interface Sandbox {
  readonly folder: string;
  readonly home: string;
  readonly userData: string;
  readonly extensions: string;
  /** The folder the window opens: the working folder of some of the sample sessions. */
  readonly workspace: string;
  readonly env: NodeJS.ProcessEnv;
}

const passedOn = [
  ...['PATH', 'LANG', 'LC_ALL', 'TERM', 'SHELL', 'USER', 'LOGNAME', 'TMPDIR', 'TEMP', 'TMP'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
  ...['SystemRoot', 'SystemDrive', 'windir', 'ComSpec', 'PATHEXT', 'ProgramFiles', 'ProgramData'],
];

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Makes the folders below `folder`, or finds them as an earlier run left them.
 * Sample sessions and settings are written only where there are none yet.
 */
export function createSandbox(folder: string, settings: Record<string, unknown> = {}): Sandbox {
  const home = join(folder, 'home');
  const userData = join(folder, 'user-data');
  const extensions = join(folder, 'extensions');
  for (const made of [home, extensions, join(userData, 'User')]) {
    mkdirSync(made, { recursive: true });
  }
  const settingsFile = join(userData, 'User', 'settings.json');
  if (!existsSync(settingsFile)) {
    writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  }
  const { workspace } = writeSampleSessions(home);
  return { folder, home, userData, extensions, workspace, env: sandboxEnv(home) };
}

function sandboxEnv(home: string): NodeJS.ProcessEnv {
  const kept = passedOn.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
    LOCALAPPDATA: join(home, 'AppData', 'Local'),
    // A desktop window needs the display's key, which stands in the real home.
    XAUTHORITY: process.env['XAUTHORITY'] ?? join(homedir(), '.Xauthority'),
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
  };
}
