/** The server that ships, in a runtime that has no `node:sqlite`. */
import module from 'node:process';

const builtin = module.getBuiltinModule.bind(module);
module.getBuiltinModule = (name: string): object | undefined =>
  name === 'node:sqlite' ? undefined : builtin(name);
await import('../../../../src/server/main.ts');
