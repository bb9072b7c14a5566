import tseslint from 'typescript-eslint';
import boundaries from 'eslint-plugin-boundaries';
import globals from 'globals';

/** The layers of the house, from the ground up: a layer may import itself and what stands below. */
const LAYERS = [
  { type: 'isa', below: [] },
  { type: 'processor', below: ['isa'] },
  { type: 'machine', below: ['isa', 'processor'] },
  { type: 'program', below: ['isa'] },
  { type: 'debug-info', below: ['isa', 'program'] },
  { type: 'language', below: ['isa', 'program'] },
  { type: 'doctor', below: ['isa', 'processor'] },
  { type: 'firmware', below: ['program'] },
  { type: 'vmm', below: ['isa', 'processor', 'machine'] },
  {
    type: 'session',
    below: ['isa', 'processor', 'machine', 'program', 'debug-info', 'firmware', 'vmm'],
  },
  {
    type: 'debugger',
    below: ['isa', 'processor', 'machine', 'program', 'debug-info', 'firmware', 'vmm', 'session'],
  },
  {
    type: 'adapter',
    below: [
      'isa',
      'processor',
      'machine',
      'program',
      'debug-info',
      'firmware',
      'vmm',
      'session',
      'debugger',
    ],
  },
  {
    type: 'gdb',
    below: [
      'isa',
      'processor',
      'machine',
      'program',
      'debug-info',
      'firmware',
      'vmm',
      'session',
      'debugger',
    ],
  },
  {
    type: 'cli',
    below: [
      'isa',
      'processor',
      'doctor',
      'machine',
      'program',
      'debug-info',
      'firmware',
      'vmm',
      'session',
      'debugger',
      'adapter',
      'gdb',
    ],
  },
  {
    type: 'vscode',
    below: [
      'isa',
      'processor',
      'doctor',
      'machine',
      'program',
      'debug-info',
      'language',
      'firmware',
      'vmm',
      'session',
      'debugger',
      'adapter',
    ],
  },
];

const NODE_ONLY = [
  'src/cli/**',
  'src/vscode/desktop/**',
  'src/**/*.test.ts',
  'src/**/*.testing.ts',
  'scripts/**',
  'test/**',
];

/** Doors within the layers: who stands before one asks through it for what is behind. */
const FACE = {
  group: ['**/vmm/*', '**/program/*', '**/debug-info/*', '**/doctor/*'],
  message: 'The index of vmm, of program, of debug-info and of doctor is their face.',
};
const TECHNIQUE = {
  group: ['**/isa/vmx/*', '**/processor/vmx/**', '**/vmm/vtx/**', '**/techniques/*/**'],
  message: 'What belongs to one technique is told by debugger/techniques.',
};
const OPERATIONS = {
  group: ['**/processor/**', '**/machine/**', '**/host/**', '**/memory/**', '**/monitor'],
  message: 'A handler does everything by the operations that it yields.',
};
/** The reference engine is what the interpreter is compared with. */
const JUDGED = {
  group: ['**/interpreter/**'],
  message: 'A judge may not borrow from the judged.',
};

const door = (files, ...patterns) => ({
  files,
  ignores: ['**/*.test.ts', '**/*.testing.ts'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['dist', 'out', 'node_modules'] },
  ...tseslint.configs.strict,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'],
    plugins: { boundaries },
    languageOptions: { parserOptions: { projectService: true } },
    settings: {
      'boundaries/elements': LAYERS.map(({ type }) => ({
        type,
        pattern: `src/${type}/**`,
        mode: 'full',
      })),
      'import/resolver': { node: { extensions: ['.ts', '.js'] } },
    },
    rules: {
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: LAYERS.map(({ type, below }) => ({ from: [type], allow: [type, ...below] })),
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/naming-convention': [
        'error',
        { selector: 'typeLike', format: ['PascalCase'] },
        { selector: 'function', format: ['camelCase'] },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: 'error',
    },
  },
  {
    // Everything but the terminal, the desktop half of the extension and the tests also runs in a
    // browser's web-extension host, so it may not reach for Node.
    files: ['src/**/*.ts'],
    ignores: NODE_ONLY,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', 'fs', 'path', 'os', 'child_process', 'net', 'util', 'process'],
              message: 'This layer also runs in the browser.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', '__dirname', 'require'],
    },
  },
  door(['src/processor/reference/**/*.ts'], JUDGED),
  door(
    [
      'src/vmm/{hardware,vtx,svm}/exits/**/*.ts',
      'src/vmm/emulate/handlers/**/*.ts',
      'src/vmm/paravirt/{handlers,hypercalls}/**/*.ts',
    ],
    OPERATIONS,
  ),
  door(['src/firmware/**/*.ts', 'src/session/**/*.ts', 'src/debugger/**/*.ts'], FACE),
  door(
    [
      'src/{adapter,gdb,cli,vscode}/**/*.ts',
      'src/debugger/!(techniques)/**/*.ts',
      'src/debugger/*.ts',
    ],
    FACE,
    TECHNIQUE,
  ),
  // The language features of the editor look into the assembler's words and tokens.
  door(['src/vscode/language/**/*.ts'], TECHNIQUE),
  { files: ['**/*.test.ts', '**/*.testing.ts'], rules: { 'boundaries/element-types': 'off' } },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
);
