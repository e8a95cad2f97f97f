/** The session server's process: a language server over node IPC (or `--stdio`). */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { openLocalStore } from './openLocalStore.ts';
import { runSessionServer } from './server.ts';

// Bundled, the worker's script stands beside this one; run from the sources, so does its source.
const worker = import.meta.url.endsWith('.ts') ? 'import.worker.ts' : 'import.worker.cjs';

runSessionServer(createConnection(ProposedFeatures.all), {
  openStore: ({ storePath, agentRoots, hotBytes }, { readOnly }, log) =>
    openLocalStore({
      storePath,
      agentRoots,
      hotBytes,
      readOnly,
      workerFile: new URL(worker, import.meta.url),
      log,
    }),
});
