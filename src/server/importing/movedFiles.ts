/**
 * Files that are gone and may be found under another name: their agent archived them, or the folder
 * of a project has another name now. They keep their own name, so that is what they are looked up by;
 * whether it is the same session its first bytes decide when it is read.
 */
import { basename } from 'node:path';
import { plainPath, statOf } from '../../agents/walk.ts';
import type { LogFile } from '../../store/logFiles.ts';
import type { Found } from './sources.ts';

export class MovedFiles {
  readonly #missing = new Map<string, Map<string, LogFile>>();

  add(agent: string, files: readonly LogFile[]): void {
    for (const file of files) {
      const key = keyOf(agent, file.path);
      const alike = this.#missing.get(key) ?? new Map<string, LogFile>();
      this.#missing.set(key, alike.set(file.path, file));
    }
  }

  /** True for a file that is new and has the name of one that is missing. */
  mayBe(file: Found): boolean {
    const alike = this.#missing.get(keyOf(file.agent, file.path));
    return [...(alike?.values() ?? [])].some(({ path, isEmpty }) => path !== file.path && !isEmpty);
  }

  /** What a file that is new may have been before. */
  async before(file: Found): Promise<LogFile | undefined> {
    const alike = [...(this.#missing.get(keyOf(file.agent, file.path))?.values() ?? [])];
    // The one of the same size rather than one that was written to since.
    alike.sort((a, b) => Math.abs(a.bytes - file.bytes) - Math.abs(b.bytes - file.bytes));
    for (const candidate of alike) {
      if (candidate.path === file.path || candidate.isEmpty) continue;
      if (!(await isSeen(candidate.path))) return candidate;
    }
    return undefined;
  }

  remove(agent: string, path: string): void {
    this.#missing.get(keyOf(agent, path))?.delete(path);
  }
}

function keyOf(agent: string, path: string): string {
  return `${agent}\n${basename(plainPath(path))}`;
}

/** What cannot be looked at counts as seen: it may be there. */
async function isSeen(path: string): Promise<boolean> {
  try {
    return (await statOf(path)) !== undefined;
  } catch {
    return true;
  }
}
