/** What exploring needs beside the VS Code API: loaded when somebody explores, not before. */
export { judgeBranches } from '../../explore/judging.ts';
export { createExplorer } from '../../explore/explorer.ts';
export { exploringApi } from '../../explore/multiple.ts';
export { readStrategy } from '../../core/strategyFile.ts';
