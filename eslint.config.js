/** Lint rules: the strictest typed set, plus the layers of docs/architecture.md as import rules. */
import tseslint from 'typescript-eslint';

/** What each layer under src/ may not import. `core` is pure; `ui` alone touches the vscode API. */
const layers = {
  core: {
    folders: [
      'store',
      'search',
      'agents',
      'export',
      'models',
      'explore',
      'server',
      'protocol',
      'ui',
    ],
    pure: true,
  },
  protocol: {
    folders: ['store', 'search', 'agents', 'export', 'models', 'explore', 'server', 'ui'],
    pure: true,
  },
  store: { folders: ['search', 'agents', 'export', 'server', 'protocol', 'ui'] },
  search: { folders: ['agents', 'export', 'server', 'protocol', 'ui'] },
  agents: { folders: ['store', 'search', 'export', 'server', 'protocol', 'ui'] },
  export: { folders: ['store', 'search', 'agents', 'server', 'protocol', 'ui'] },
  models: {
    folders: ['store', 'search', 'agents', 'export', 'explore', 'server', 'protocol', 'ui'],
  },
  explore: {
    folders: ['store', 'search', 'agents', 'export', 'models', 'server', 'protocol', 'ui'],
  },
  server: { folders: ['models', 'explore', 'ui'] },
  ui: { folders: ['store', 'search', 'agents', 'export', 'server'], vscode: true },
};

const layerRules = Object.entries(layers).map(([layer, rule]) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: rule.vscode
          ? []
          : [{ name: 'vscode', message: 'Only src/ui and src/extension.ts use the vscode API.' }],
        patterns: [
          {
            group: rule.folders.flatMap((folder) => [`**/../${folder}/**`, `../${folder}/**`]),
            message: `src/${layer} must not import this layer; see docs/architecture.md.`,
          },
          ...(rule.pure
            ? [{ group: ['node:*'], message: `src/${layer} is pure: no node: imports.` }]
            : []),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.vscode-test/', 'node_modules/', 'test/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'max-lines': ['error', { max: 500 }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['scripts/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  // Generated, and read as one file by those who copy it.
  { files: ['docs/multipath-api.d.ts'], rules: { 'max-lines': 'off' } },
  ...layerRules,
  {
    files: ['src/ui/**/*.ts'],
    ignores: ['src/ui/ask.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...['showQuickPick', 'showInputBox'].map((property) => ({
          object: 'window',
          property,
          message: 'Over a panel it closes before it is seen; src/ui/ask.ts asks so that it stays.',
        })),
      ],
    },
  },
);
