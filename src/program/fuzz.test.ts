import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Random } from './generator/random.testing';
import { ProgramGenerator } from './generator/program.testing';
import { assembleText } from './test-support';

/** How many inputs of each kind, and the first one's seed: `FUZZ=20000 SEED=1 npx mocha …`. */
const COUNT = Number(process.env.FUZZ ?? 40);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** No input may take longer. */
const LIMIT_MS = 2000;

const here = new URL('testdata/', import.meta.url);

/** Programs that exist, to be spoilt. */
function realPrograms(): string[] {
  const folders = ['programs/', 'language/'].map((name) => new URL(name, here));
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.asm'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8')),
  );
  const cases = readFileSync(new URL('language.txt', here), 'utf8').split(/^--- .*\n/m);
  return [...files, ...cases.map((text) => text.replace(/^=> .*$/gm, ''))];
}

const WORDS = [
  ...[
    'mov',
    'eax',
    'rax',
    'xmm1',
    'k1',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    ',',
    ':',
    '+',
    '-',
    '*',
    '/',
  ],
  ...[
    '%',
    '%%',
    '$',
    '$$',
    '\n',
    '\n',
    '\n',
    'db',
    'dq',
    'dt',
    'times',
    '5',
    '0x10',
    '1.5',
    '123p',
  ],
  ...['"s"', '`\\', "'", 'label', 'label:', '.l', '%macro m 1', '%endmacro', '%rep 3', '%endrep'],
  ...['%if', '%elif', '%else', '%endif', '%define x', '%xdefine', '%assign y', '%1', '%0', '%+'],
  ...['%[', '%$x', '%{', '%push c', '%pop', '%eval(', '%str(', '%sel(', '%num(', '%,', '%?', '%!A'],
  ...[
    'equ',
    'section',
    '.text',
    'align=16',
    'vstart=',
    'bits',
    '64',
    'struc',
    'endstruc',
    'istruc',
  ],
  ...['at', 'iend', 'align', 'lock', 'rep', 'jmp', 'short', 'strict', 'byte', 'qword', 'rel', '?'],
  ...['dup', '%(', 'incbin', '%include', '"main.asm"', '%use', 'masm', '%line 5', 'org', '{k1}'],
  ...['{z}', '{1to8}', '{vex}', '%rotate', '%exitrep', '%exitmacro', '%strlen', '%substr', '%arg'],
  ...['0xffffffffffffffff', '0x7fffffff', '-1', 'resb', 'absolute', '%clear', '%defalias', 'cpu'],
];

const HUGE = ['0x7fffffffffffffff', '1000000000000', '-9223372036854775808', '1e99999', '0b1'];

/** One small change to a program. */
function mutate(random: Random, lines: string[]): void {
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const column = random.below(line.length + 1);
  const word = random.pick(WORDS);
  switch (random.below(10)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(random.below(lines.length), 0, line);
      break;
    case 2:
      lines[at] = line.slice(0, column);
      break;
    case 3:
      lines[at] = line.slice(0, column) + word + line.slice(column);
      break;
    case 4:
      lines[at] = line.replace(/\b\d\w*\b/, random.pick(HUGE));
      break;
    case 5:
      lines[at] = line.slice(0, column) + line.slice(column + 1);
      break;
    case 6:
      lines[at] = `${line} ${word} ${random.pick(WORDS)}`;
      break;
    case 7:
      lines[at] =
        line.slice(0, column) + String.fromCharCode(random.below(0x200)) + line.slice(column);
      break;
    case 8:
      lines.splice(at, 0, ...Array.from({ length: 50 }, () => line));
      break;
    default:
      lines[at] = line.replace(/\w+/, () => word);
  }
}

function spoilt(random: Random, programs: readonly string[]): string {
  const source = random.chance(2) ? random.pick(programs) : new ProgramGenerator(random).generate();
  const lines = source.split('\n');
  for (let n = 1 + random.below(8); n > 0 && lines.length > 0; n--) mutate(random, lines);
  return lines.join('\n');
}

/** Something nested deeply, which may also never end. */
function nested(random: Random): string {
  const depth = 10 ** (1 + random.below(5));
  const [open, close] = random.pick([
    ...[
      ['(', ')'],
      ['[', ']'],
      ['{', '}'],
      ['%[', ']'],
      ['%{', '}'],
      ['-', ''],
      ['~', ''],
    ],
    ...[
      ['%eval(', ')'],
      ['%str(', ')'],
      ['f(', ')'],
      ['%cond(1,', ')'],
      ['1?2:', ''],
      ['2 dup (', ')'],
    ],
    ...[
      ['%if 1\n', '\n%endif\n'],
      ['%rep 1\n', '\n%endrep\n'],
      ['%push c\n', '\n%pop\n'],
    ],
    ...[
      ['%macro m 0\n', '\n%endmacro\n'],
      ['%define x x+\n', ''],
      ['struc s\n', '\nendstruc\n'],
    ],
    ...[
      ['times 1 ', ''],
      ['lock ', ''],
      ['a: ', ''],
      ['__utf16__ ', ''],
      ['byte ', ''],
    ],
  ] as const);
  const before = random.pick([
    'dd ',
    'mov eax, ',
    '%define y ',
    '%assign z ',
    '',
    'times ',
    'x equ ',
  ]);
  const define = '%define f(x) x x\n';
  const closing = random.chance(2) ? close.repeat(depth) : '';
  return define + before + open.repeat(depth) + random.pick(WORDS) + closing + '\nm\n';
}

/** Definitions and macros that multiply. */
function bomb(random: Random): string {
  const steps = 5 + random.below(60);
  const line = random.pick([
    (i: number) => `%define d${i} d${i + 1} d${i + 1}`,
    (i: number) => `%xdefine a a a${i}`,
    (i: number) => `%macro m${i} 0\nm${i + 1}\nm${i + 1}\n%endmacro`,
    (i: number) => `%rmacro r 0\nr\nr\n%endmacro\nr ${i}`,
    () => '%strcat s s, s',
    (i: number) => `%define g${i}(x) g${i + 1}(x,x) g${i + 1}(x)`,
    () => '%rep 100000\n%rep 100000\nnop\n%endrep\n%endrep',
    (i: number) => `%assign n n*n+${i}`,
    (i: number) => `l${i}: times ($-$$)*2+1 db 0`,
    (i: number) => `align ${2 ** (i % 30)}`,
    (i: number) => `x${i} equ x${i + 1}+1`,
    (i: number) => `times 2-(e${i}-$) nop\ne${i}:`,
  ]);
  const start = '%define a 1\n%define s "ab"\n%assign n 3\n';
  return `${start}${Array.from({ length: steps }, (_, i) => line(i)).join('\n')}\nm0\ndb d0, a, s\ndd g0(1)\n`;
}

describe('assembler against spoilt input', function () {
  this.timeout(COUNT * LIMIT_MS + 10_000);
  const programs = realPrograms();

  const KINDS: Readonly<Record<string, (random: Random) => string>> = {
    'random bytes': (random) =>
      Array.from({ length: random.below(3000) }, () => String.fromCharCode(random.below(256))).join(
        '',
      ),
    'random words': (random) =>
      Array.from({ length: random.below(3000) }, () => random.pick(WORDS)).join(' '),
    'spoilt programs': (random) => spoilt(random, programs),
    'deep nesting': nested,
    'macro bombs': bomb,
  };

  for (const [kind, make] of Object.entries(KINDS)) {
    it(`ends with ${kind}, seeds from ${SEED} on`, async () => {
      for (let i = 0; i < COUNT; i++) {
        const seed = SEED + i;
        const source = make(new Random(seed));
        const replay = `SEED=${seed} FUZZ=1`;
        const start = performance.now();
        const assembly = await assembleText(source, { 'blob.bin': new Uint8Array(8) });
        const ms = performance.now() - start;
        assert.ok(ms < LIMIT_MS, `${replay} took ${ms} ms`);
        const errors = assembly.diagnostics.filter((d) => d.severity === 'error');
        assert.ok(errors.length === 0 || assembly.image.length === 0, replay);
        for (const d of assembly.diagnostics) {
          assert.ok(
            d.line >= 1 && d.column >= 1 && d.endColumn >= d.column,
            `${replay}: ${d.message}`,
          );
          assert.doesNotMatch(
            d.message,
            /undefined|\[object|Error:|call stack/,
            replay + d.message,
          );
        }
      }
    });
  }
});
