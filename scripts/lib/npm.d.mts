/** Runs npm with these arguments in `cwd`, output to the terminal. Throws if it fails. */
export function runNpm(args: readonly string[], cwd: string): void;
