import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './generator/random.testing';
import { assembleText } from './test-support';

/** Random inputs that are nearly programs: the assembler always ends, and soon, with an image or with errors. */

/** How many of each kind, from which seed on: `FUZZ=20000 SEED=1 npx mocha …`. */
const COUNT = Number(process.env.FUZZ ?? 150);
const SEED = Number(process.env.SEED ?? 1);
/** As in hostile.test.ts: twice what is promised, of the processor's time. */
const LIMIT_MS = 4000;

const ROOT = join(__dirname, '../..');
const PROGRAMS = [
  'samples/first-exits/kernel.asm',
  'samples/rings/kernel.asm',
  'src/program/testdata/programs/b.asm',
  'src/program/testdata/programs/p1k.asm',
  'src/program/testdata/language/macros.asm',
  'src/program/testdata/language/preprocessor.asm',
].map((path) => readFileSync(join(ROOT, path), 'utf8').split('\n'));

type Mutation = (lines: string[], random: Random, other: readonly string[]) => void;

const at = (lines: readonly unknown[], random: Random): number => random.below(lines.length);

const MUTATIONS: readonly Mutation[] = [
  (lines, random) => void lines.splice(at(lines, random), 1 + random.below(5)),
  (lines, random) => {
    const from = at(lines, random);
    lines.splice(at(lines, random), 0, ...lines.slice(from, from + 1 + random.below(20)));
  },
  (lines, random, other) => void lines.splice(at(lines, random), 0, other[at(other, random)] ?? ''),
  (lines, random) => {
    const line = at(lines, random);
    const text = lines[line] ?? '';
    const place = random.below(text.length + 1);
    const sign = random.pick([...'()[]{}%,:;$\'"`\\+-*/.0x \t', '', '%%', '%[', '\u0000', '世']);
    lines[line] = text.slice(0, place) + sign + text.slice(place + random.below(3));
  },
  (lines, random) => {
    const [a, b] = [at(lines, random), at(lines, random)];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  },
];

/** A real program with random changes, as a hand slips. */
function mutant(random: Random): string {
  const lines = [...random.pick(PROGRAMS)];
  const other = random.pick(PROGRAMS);
  for (let n = random.below(12); n >= 0 && lines.length > 0; n--) {
    random.pick(MUTATIONS)(lines, random, other);
  }
  return lines.join('\n');
}

const BRACKETS =
  '( )|[ ]|{ }|%[ ]|%{ }|- |~ |%eval( )|%str( )|f( )|%cond(1, )|1?2: |2 dup ( )|times 1 |lock |a: |__utf16__ |byte |' +
  '%if 1\n \n%endif\n|%rep 1\n \n%endrep\n|%push c\n \n%pop\n|%macro m 0\n \n%endmacro\n|struc s\n \nendstruc\n';
const BEFORE = ['dd ', 'mov eax, ', '%define y ', '%assign z ', '', 'times ', 'x equ '];
const INNERMOST = ['1', 'eax', ',', '"s"', '%1', 'm', '\n', '$', 'times'];

/** Something nested deeply, which may also never be closed. */
function nesting(random: Random): string {
  const depth = 10 ** (1 + random.below(5));
  const [, open = '', close = ''] = /^(.*) (.*)$/s.exec(random.pick(BRACKETS.split('|'))) ?? [];
  const closing = random.chance(2) ? close.repeat(depth) : '';
  const nest = `${open.repeat(depth)}${random.pick(INNERMOST)}${closing}`;
  return `%define f(x) x x\n${random.pick(BEFORE)}${nest}\nm\n`;
}

const MULTIPLIERS: readonly ((i: number) => string)[] = [
  (i) => `%define d${i} d${i + 1} d${i + 1}`,
  (i) => `%xdefine a a a${i}`,
  (i) => `%macro m${i} 0\nm${i + 1}\nm${i + 1}\n%endmacro`,
  (i) => `%rmacro r 0\nr\nr\n%endmacro\nr ${i}`,
  () => '%strcat s s, s',
  (i) => `%define g${i}(x) g${i + 1}(x,x) g${i + 1}(x)`,
  () => '%rep 100000\n%rep 100000\nnop\n%endrep\n%endrep',
  (i) => `%assign n n*n+${i}`,
  (i) => `l${i}: times ($-$$)*2+1 db 0`,
  (i) => `align ${2 ** (i % 30)}`,
  (i) => `x${i} equ x${i + 1}+1`,
  (i) => `times 2-(e${i}-$) nop\ne${i}:`,
];

/** Definitions and macros that multiply. */
function bomb(random: Random): string {
  const line = random.pick(MULTIPLIERS);
  const lines = Array.from({ length: 5 + random.below(60) }, (_, i) => line(i));
  return `%define a 1\n%define s "ab"\n%assign n 3\n${lines.join('\n')}\nm0\ndb d0, a, s\ndd g0(1)\n`;
}

describe('assembler on random inputs', function () {
  this.timeout(COUNT * LIMIT_MS + 60_000);

  const KINDS = { 'mutated programs': mutant, 'deep nesting': nesting, 'macro bombs': bomb };
  for (const [kind, make] of Object.entries(KINDS)) {
    it(`ends with ${kind}: ${COUNT} from seed ${SEED} on`, async () => {
      let refused = 0;
      for (let seed = SEED; seed < SEED + COUNT; seed++) {
        const source = make(new Random(seed));
        const start = process.cpuUsage();
        const { diagnostics, image } = await assembleText(source);
        const { user, system } = process.cpuUsage(start);
        assert.ok((user + system) / 1000 < LIMIT_MS, `seed ${seed} took ${user / 1000} ms`);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        if (errors.length > 0) refused++;
        assert.ok(image.length === 0 || errors.length === 0, `seed ${seed}: image and errors`);
        for (const { message, line, column } of diagnostics) {
          assert.ok(line >= 1 && column >= 1, `seed ${seed}: ${message}`);
          assert.doesNotMatch(message, /undefined|\[object|Error:|call stack/, `seed ${seed}`);
        }
      }
      assert.ok(refused > COUNT / 3, `only ${refused} of ${COUNT} were wrong: little is shown`);
    });
  }
});
