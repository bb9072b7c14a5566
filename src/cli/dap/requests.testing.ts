import fc from 'fast-check';
import { COMMANDS } from '../../adapter/arguments/requests';

/** Random requests: some as clients send them, some with wrong types, huge numbers, endless texts. */

export interface RandomRequest {
  readonly command: unknown;
  readonly arguments: unknown;
}

/** Stands for something that only the session knows: the client of the test puts it in. */
export const LEARNED = { frame: 'the top frame', reference: 'a variables reference' } as const;

const LONG = 100_000;
const PIECES = [
  'rax',
  '0x10',
  'msr(',
  'byte ',
  '[bx+si]',
  '<<',
  'start',
  ..."()[]+-*?:=1'.$! ,{}<>",
];

const wrong: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', 'x', 0, -1, 1.5, 1e300, [], {}, [null], [[]], { a: 1 }),
  fc.string({ maxLength: 20 }),
  fc.json().map((text) => JSON.parse(text) as unknown),
  fc.constantFrom('__proto__', 'constructor', 'x'.repeat(LONG)),
);
const number = fc.oneof(
  fc.integer({ min: -3, max: 40 }),
  fc.constantFrom(1e6, -1e6, 1e9, -1e9, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 53 - 1)),
);
const expression = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.constantFrom('rip', 'ax = 5', 'word [0x500] = 7', 'exit.reason', 'vmcs.guest_rip', 'start, d'),
  fc.constantFrom(...PIECES).map((piece) => piece.repeat(LONG / piece.length)),
);
const reference = fc.constantFrom(
  ...['', '0x7c00', 'gva:0x7c00', 'gpa:0xfffff', 'hpa:0', 'hva:0xffffffff81000000', '-5', 'gva:zz'],
  ...['0xffffffffffffffff', '0x100000000000007c00', `0x${'9'.repeat(LONG)}`],
);
const path = fc.constantFrom('plain.asm', 'exits.asm', './plain.asm', 'none.asm', '/', '');
const source = fc.record({ path, sourceReference: number }, { requiredKeys: [] });
const options = {
  line: number,
  column: number,
  condition: expression,
  hitCondition: fc.constantFrom('5', '% 2', '>= 1e9', ' '.repeat(LONG)),
  logMessage: expression.map((text) => `at {${text}} ${text}`),
  name: expression,
  instructionReference: reference,
  offset: number,
  mode: fc.constantFrom('gva', 'gpa', 'hpa', 'x'),
};

/** What clients send under each name, whatever the request. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ...options,
  threadId: fc.constant(1),
  granularity: fc.constantFrom('line', 'instruction', 'statement'),
  frameId: fc.oneof(fc.constant(LEARNED.frame), number),
  variablesReference: fc.oneof(fc.constant(LEARNED.reference), number),
  expression,
  value: expression,
  text: expression,
  context: fc.constantFrom('watch', 'hover', 'repl', 'variables'),
  format: fc.oneof(fc.record({ hex: fc.boolean() }), fc.constantFrom('decimal', 'binary')),
  memoryReference: reference,
  count: number,
  instructionOffset: number,
  instructionCount: fc.oneof(fc.integer({ min: 0, max: 400 }), number),
  data: fc.constantFrom('AAAA', '!', 'A'.repeat(LONG)),
  allowPartial: fc.boolean(),
  startFrame: number,
  levels: number,
  start: number,
  startModule: number,
  moduleCount: number,
  endLine: number,
  targetId: number,
  requestId: number,
  sourceReference: number,
  source,
  breakpoints: fc.array(fc.record(options, { requiredKeys: [] }), { maxLength: 4 }),
  filters: fc.array(fc.constantFrom('triple-fault', 'guest-exception', 'vmexit:10', 'x')),
  filterOptions: fc.array(fc.record({ filterId: fc.string(), condition: expression })),
  view: fc.constantFrom('registers', 'vmcs', 'translation', 'tlb', 'exits'),
  node: fc.oneof(fc.constantFrom('guest', 'general', 'cr0', '1', '0/0'), fc.string()),
  address: expression,
  filter: fc.string(),
  groupByReason: fc.boolean(),
  changedOnly: fc.boolean(),
  revision: number,
  keys: fc.array(fc.record({ code: fc.constantFrom('KeyA', 'Pause', 'x'), down: fc.boolean() })),
  program: fc.constantFrom('plain.asm', 'exits.asm', 'broken.asm', 'none.asm'),
  memory: fc.constantFrom('1M', '2M', 1e15, 'much'),
  monitor: fc.constantFrom(
    'vtx',
    'deprivilege',
    'translate',
    'paravirt',
    'emulate',
    'none',
    'other',
  ),
  arguments: fc.record({ program: path, memory: fc.constant('1M') }, { requiredKeys: [] }),
  locale: fc.constantFrom('en', 'zh-cn', '../../etc'),
};

/** The fields that a request is sent with, most of the time. */
const USUAL: Readonly<Partial<Record<string, readonly string[]>>> = {
  launch: ['program', 'memory', 'monitor'],
  restart: ['arguments'],
  evaluate: ['expression', 'frameId', 'context'],
  completions: ['text', 'column', 'frameId'],
  setVariable: ['variablesReference', 'name', 'value'],
  setExpression: ['expression', 'value', 'frameId'],
  variables: ['variablesReference', 'start', 'count'],
  scopes: ['frameId'],
  stackTrace: ['startFrame', 'levels'],
  readMemory: ['memoryReference', 'offset', 'count'],
  writeMemory: ['memoryReference', 'offset', 'data', 'allowPartial'],
  disassemble: ['memoryReference', 'offset', 'instructionOffset', 'instructionCount'],
  setBreakpoints: ['source', 'breakpoints'],
  setFunctionBreakpoints: ['breakpoints'],
  setInstructionBreakpoints: ['breakpoints'],
  setExceptionBreakpoints: ['filters', 'filterOptions'],
  breakpointLocations: ['source', 'line', 'endLine'],
  gotoTargets: ['source', 'line'],
  goto: ['targetId'],
  source: ['source', 'sourceReference'],
  modules: ['startModule', 'moduleCount'],
  cancel: ['requestId'],
  next: ['threadId', 'granularity'],
  stepIn: ['threadId', 'granularity'],
  'ringside/view': [
    'view',
    'frameId',
    'node',
    'format',
    'address',
    'filter',
    'groupByReason',
    'changedOnly',
  ],
  'ringside/setNodeValue': ['view', 'node', 'frameId', 'value'],
  'ringside/input': ['text'],
  'ringside/screen': ['revision'],
  'ringside/keys': ['keys', 'text'],
  'ringside/mouse': ['dx', 'dy', 'wheel', 'buttons'],
};

function argumentsOf(command: string): fc.Arbitrary<unknown> {
  const names = USUAL[command] ?? ['threadId'];
  const record = (right: number): fc.Arbitrary<unknown> =>
    fc.record(
      Object.fromEntries(
        names.map((name) => [
          name,
          fc.oneof(
            { arbitrary: FIELDS[name] ?? wrong, weight: right },
            { arbitrary: wrong, weight: 1 },
          ),
        ]),
      ),
    );
  return fc.oneof(
    { arbitrary: record(30), weight: 8 },
    { arbitrary: record(1), weight: 3 },
    { arbitrary: wrong, weight: 1 },
  );
}

/** `disconnect` comes last, and `terminate` and `launch` seldom: most of a session lies between them. */
const SELDOM: ReadonlySet<string> = new Set(['terminate', 'launch', 'restart', 'initialize']);

const commands = fc.oneof(
  {
    arbitrary: fc.constantFrom(
      ...COMMANDS.filter((name) => name !== 'disconnect' && !SELDOM.has(name)),
    ),
    weight: 60,
  },
  { arbitrary: fc.constantFrom(...SELDOM), weight: 3 },
);

export const randomRequest: fc.Arbitrary<RandomRequest> = fc.oneof(
  {
    arbitrary: commands.chain((command) =>
      argumentsOf(command).map((args) => ({ command, arguments: args })),
    ),
    weight: 30,
  },
  { arbitrary: fc.record({ command: wrong, arguments: wrong }), weight: 1 },
);
