import { expression, number, type Surroundings } from './operands.testing';

/** Lines that use the preprocessor, and names of constants that they define. */
export interface Preprocessed {
  readonly lines: readonly string[];
  readonly constant?: string;
}

/** A macro and two calls of it (NASM manual 4.3). */
function multiLine(s: Surroundings, n: number): string[] {
  const { random } = s;
  const name = `mac${n}`;
  const lines = [`%macro ${name} ${random.pick(['2', '2-3 5', '2-*', '1-2+ 9', '0-3 1,2,3'])}`];
  lines.push('%%here: nop');
  lines.push(random.pick(['%if %0 > 1', '%ifnum %1', '%ifidni %1,5', '%ifid %1']));
  lines.push('  dw %1, %0', '%else', '  jmp %%here', '%endif', '  db %{2}');
  if (random.chance(2)) lines.push('%rep %0', '  dd %1', '%rotate 1', '%endrep');
  if (random.chance(3)) lines.push('  dw %{1:-1}');
  if (random.chance(3)) lines.push('%ifctx none', '  nop', '%else', '%exitmacro', '%endif');
  lines.push('%endmacro');
  lines.push(`  ${name} ${number(s)}, ${number(s)}`, `here${n}: ${name} {${number(s)}}, 7`);
  return lines;
}

function repetition(s: Surroundings, n: number): string[] {
  const { random } = s;
  return [
    `%assign i${n} 0`,
    `%rep ${1 + random.below(4)}`,
    `gen${n}_%+i${n}: dw i${n}, ${number(s)}`,
    `%assign i${n} i${n} + 1`,
    ...(random.chance(3) ? [`%if i${n} > 2`, '%exitrep', '%endif'] : []),
    '%endrep',
  ];
}

function context(s: Surroundings, n: number): string[] {
  return [
    `%push ctx${n}`,
    `%assign %$count ${number(s)}`,
    '%$start: dw %$count',
    `%push inner${n}`,
    '  dw $ - %$$start',
    '%ifctx ' + (s.random.chance(2) ? `inner${n}` : 'other'),
    '  nop',
    '%endif',
    '%pop',
    `%repl again${n}`,
    '  dw $ - $$',
    '%pop',
  ];
}

function strings(s: Surroundings, n: number): string[] {
  const text = s.random.pick(['"hello"', "'wörld'", '`tab\\t`', "''"]);
  return [
    `%define text${n} ${text}`,
    `%strlen len${n} text${n}`,
    `%strcat cat${n} text${n}, "!", ${text}`,
    `%substr sub${n} cat${n} ${1 + s.random.below(4)}, ${s.random.pick(['1', '2', '-1', '-2'])}`,
    `%defstr def${n} a + b len${n}`,
    `%deftok tok${n} 'len${n} + 1'`,
    `  db len${n}, cat${n}, sub${n}, def${n}, tok${n}`,
  ];
}

function conditions(s: Surroundings, n: number): string[] {
  const { random } = s;
  const test = random.pick([
    ...['def FOO', 'ndef FOO', 'idn a,a', 'idni A,a', 'nidn a,b', 'num 5', 'str "x"', 'id foo'],
    ...['empty', 'token -5', 'token a b', ' 2 > 1', ' 0', 'macro mac0', 'nempty x', 'env PATHX'],
  ]);
  return [
    `%if${test}`,
    `  db ${number(s)}`,
    `%elif ${expression(s)}`,
    `  dw ${number(s)}`,
    ...(random.chance(2) ? ['%elifdef FOO', '  nop', '%else', `  dd ${number(s)}`] : []),
    '%endif',
    ...(random.chance(3) ? [`%define FOO ${n}`, '%undef FOO'] : []),
  ];
}

/** The lines of one use of the preprocessor. @param n a number that no other use has */
export function preprocessed(s: Surroundings, n: number): Preprocessed {
  const { random } = s;
  switch (random.below(12)) {
    case 0:
      return { lines: [`%define D${n} (${expression(s)})`], constant: `D${n}` };
    case 1:
      return { lines: [`%assign A${n} ${expression(s)}`], constant: `A${n}` };
    case 2:
      return { lines: [`E${n} equ ${expression(s)}`], constant: `E${n}` };
    case 3:
      return {
        lines: [
          `%define F${n}(x, y) ((x) * 2 + (y))`,
          `  dq F${n}(${number(s)}, (${number(s)}) - 3), F${n}(1, 2)`,
        ],
      };
    case 4:
      return { lines: repetition(s, n) };
    case 5:
      return { lines: context(s, n) };
    case 6:
      return { lines: strings(s, n) };
    case 7:
      return { lines: conditions(s, n) };
    case 8:
      return {
        lines: [
          `%xdefine X${n} __LINE__`,
          `%define Y${n}(=a,b+) a b`,
          `  dw X${n}, Y${n}(1+2,+3)`,
          `  dd __?BITS?__, %[X${n}]0`,
          `%idefine Z${n} 5`,
          `  db z${n}, Z${n} %+ 1`,
        ],
      };
    default:
      return { lines: multiLine(s, n) };
  }
}
