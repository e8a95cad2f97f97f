/**
 * The way to a setting of ours. Those of the machine stand among the remote ones where the extension
 * runs on another machine (SSH, WSL, a container): among the person's own they are not to be found.
 */
import { commands, env } from 'vscode';

/** `query` as it is typed into the search of the settings. */
export function openMachineSettings(query: string): Thenable<unknown> {
  const command =
    env.remoteName === undefined
      ? 'workbench.action.openSettings'
      : 'workbench.action.openRemoteSettings';
  return commands.executeCommand(command, { query });
}
