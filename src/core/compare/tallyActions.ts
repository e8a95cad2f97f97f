/** Counts what a branch's tool calls did: files, commands, tests, errors and repeated attempts. */
import { commandOf } from '../commands.ts';
import type { BranchActions, RunCounts } from '../comparison.ts';
import type { ToolBlock } from '../message.ts';

export class ActionTally {
  readonly #files = new Map<string, { added: number; removed: number }>();
  readonly #commands = { passed: 0, failed: 0 };
  readonly #tests = { passed: 0, failed: 0 };
  #lastTest: 'passed' | 'failed' | undefined;
  /** Calls whose last run failed: doing one again is a retry. */
  readonly #failing = new Set<string>();
  #toolCalls = 0;
  #retries = 0;
  #errors = 0;

  add(block: ToolBlock): void {
    this.#toolCalls++;
    const command = commandOf(block);
    const failed = command ? command.failed === true : block.result?.isError === true;
    this.#countRetry(block, failed);
    if (failed) this.#errors++;
    if (command?.failed !== undefined) {
      const outcome = command.failed ? 'failed' : 'passed';
      this.#commands[outcome]++;
      if (command.isTest) {
        this.#tests[outcome]++;
        this.#lastTest = outcome;
      }
    }
    // An edit that failed has touched no file.
    if (!failed && block.edit) this.#touch(block.edit);
  }

  /** Errors that tool calls ended in. */
  get errors(): number {
    return this.#errors;
  }

  get files(): readonly { path: string; added: number; removed: number }[] {
    return [...this.#files].map(([path, lines]) => ({ path, ...lines }));
  }

  get actions(): BranchActions {
    const tests: RunCounts = { ...this.#tests };
    return {
      toolCalls: this.#toolCalls,
      retries: this.#retries,
      commands: { ...this.#commands },
      tests,
      ...(this.#lastTest && { lastTest: this.#lastTest }),
    };
  }

  #countRetry({ name, summary }: ToolBlock, failed: boolean): void {
    const call = `${name}\n${summary}`;
    if (this.#failing.delete(call)) this.#retries++;
    if (failed) this.#failing.add(call);
  }

  #touch({ path, added, removed }: NonNullable<ToolBlock['edit']>): void {
    const file = this.#files.get(path);
    if (file) {
      file.added += added;
      file.removed += removed;
    } else this.#files.set(path, { added, removed });
  }
}
