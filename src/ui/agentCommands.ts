/**
 * How an agent is started: its program found as the system finds it, its arguments passed one by
 * one, so that no shell reads an id, a path or a title. What is copied for a person to paste is
 * quoted for the shell of their system.
 */
import { constants, promises as fs } from 'node:fs';
import path from 'node:path';
import { l10n, window, workspace } from 'vscode';
import { MultipathError } from '../core/errors.ts';
import type { ResumeCommand } from '../core/resuming.ts';
import { CommandSettings } from './contributions.ts';
import { plain } from './text.ts';

/** What programs are looked up in. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

const SETTINGS: Readonly<Record<string, (typeof CommandSettings)[keyof typeof CommandSettings]>> = {
  'claude-code': CommandSettings.claudeCode,
  codex: CommandSettings.codex,
  pi: CommandSettings.pi,
};

/** The command with the program that the person named for the agent, where they did. */
export function configuredCommand(agent: string, command: ResumeCommand): ResumeCommand {
  const setting = SETTINGS[agent];
  const named = setting && workspace.getConfiguration().get<unknown>(setting);
  if (!Array.isArray(named)) return command;
  const words = named.filter((word): word is string => typeof word === 'string' && word !== '');
  const [program, ...args] = words;
  return program === undefined ? command : { program, args: [...args, ...command.args] };
}

/** The absolute path of a program; `undefined` where there is none of that name. */
export async function findProgram(
  program: string,
  { platform, variables }: System,
): Promise<string | undefined> {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  const search = variables['PATH'] ?? variables['Path'] ?? '';
  const folders = paths.isAbsolute(program)
    ? ['']
    : search.split(paths.delimiter).filter((folder) => paths.isAbsolute(folder));
  const known = (variables['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';');
  const endings = platform === 'win32' && paths.extname(program) === '' ? known : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const file = `${folder === '' ? program : paths.join(folder, program)}${ending}`;
      if (await isProgram(file)) return file;
    }
  }
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await fs.access(file, constants.X_OK);
    return (await fs.stat(file)).isFile();
  } catch {
    return false; // Missing, or not for us to run: the next folder may have it.
  }
}

/** What a terminal is opened with; throws `bad-request` where it could not be passed on safely. */
export function launchOf(
  file: string,
  args: readonly string[],
  { platform, variables }: System,
): { readonly shellPath: string; readonly shellArgs: string[] | string } {
  if (platform !== 'win32' || !/\.(?:bat|cmd)$/i.test(file)) {
    return { shellPath: file, shellArgs: [...args] };
  }
  // A script of the command interpreter can be started by nothing else; it reads % and " in quotes.
  const words = [file, ...args];
  if (words.some((word) => /[%"\r\n]/.test(word))) {
    throw new MultipathError(
      'bad-request',
      l10n.t('The path cannot be passed on to the command safely. Copy the command and run it.'),
    );
  }
  const line = words.map((word) => `"${word}"`).join(' ');
  return { shellPath: variables['ComSpec'] ?? 'cmd.exe', shellArgs: `/d /s /c "${line}"` };
}

/** Opens the integrated terminal in a folder, with the program as its only process. */
export function openTerminal(
  name: string,
  folder: string,
  launch: ReturnType<typeof launchOf>,
): void {
  const terminal = window.createTerminal({ name: plain(name, 60), cwd: folder, ...launch });
  terminal.show();
}

/** What a terminal takes for a key, also between quotes: a name with one must not press it. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** A line for a person's own shell: goes to the folder and starts the command. */
export function commandLine(
  folder: string,
  { program, args }: ResumeCommand,
  platform: NodeJS.Platform,
): string {
  if (platform === 'win32') {
    // PowerShell takes the quotes of typographers for the plain one.
    const quoted = (word: string): string => {
      const text = `'${word.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
      if (!hasControl(word)) return text;
      return `(${text.replace(CONTROL, (key) => `' + [char]${key.charCodeAt(0)} + '`)})`;
    };
    return `Set-Location -LiteralPath ${quoted(folder)}; & ${[program, ...args].map(quoted).join(' ')}`;
  }
  const quoted = (word: string): string => {
    if (/^[\w./:=@%+-]+$/.test(word)) return word;
    if (!hasControl(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
    // bash, zsh and ksh read this; a shell that does not refuses the line.
    return `$'${word.replace(/['\\]/g, '\\$&').replace(CONTROL, octal)}'`;
  };
  return `cd ${quoted(folder)} && ${[program, ...args].map(quoted).join(' ')}`;
}

function hasControl(word: string): boolean {
  return word.search(CONTROL) !== -1;
}

function octal(key: string): string {
  return Buffer.from(key).reduce(
    (text, byte) => `${text}\\${byte.toString(8).padStart(3, '0')}`,
    '',
  );
}
