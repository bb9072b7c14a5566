/** NASM's macro packages (manual, chapter 6), as the lines that they put in. */

const LEGACY = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];

/** `r0` to `r7` for the registers that have names of their own. */
function altreg(): string[] {
  const lines: string[] = [];
  for (let n = 8; n < 16; n++) lines.push(`%idefine r${n}l r${n}b`);
  LEGACY.forEach((name, n) => {
    const byte = n < 4 ? name.charAt(0) + 'l' : name + 'l';
    lines.push(`%idefine r${n} r${name}`, `%idefine r${n}d e${name}`, `%idefine r${n}w ${name}`);
    lines.push(`%idefine r${n}b ${byte}`, `%idefine r${n}l ${byte}`);
    if (n < 4) lines.push(`%idefine r${n}h ${name.charAt(0)}h`);
  });
  return lines;
}

const FLOATS = [
  ...['float8', 'float16', 'bfloat16', 'float32', 'float64'],
  ...['float80m', 'float80e', 'float128l', 'float128h'],
];

const fp = [
  '%define Inf __?Infinity?__',
  ...['NaN __?QNaN?__', 'QNaN __?QNaN?__', 'SNaN __?SNaN?__'].map((text) => `%define ${text}`),
  ...FLOATS.map((name) => `%define ${name}(x) __?${name}?__(x)`),
  ...['%imacro bf16 1-*', '%rep %0', 'dw __?bfloat16?__(%1)', '%rotate 1', '%endrep', '%endmacro'],
];

const ifunc = [
  ...['ilog2 e', 'ilog2e e', 'ilog2w w', 'ilog2fw w', 'ilog2f f', 'ilog2cw w', 'ilog2c c'].map(
    (text) => text.replace(/^(\w+) (\w)$/, '%idefine $1(x) (__?ilog2$2?__(x))'),
  ),
];

/** What makes some MASM sources readable; the parser knows the words it defines. */
const masm = [
  '%imacro segment 0-1+',
  '[segment %00 %1]',
  '%endmacro',
  '%imacro ends 0+',
  '%endmacro',
  ...['%imacro proc 0-*', '%rep %0', '%ifidni %1,far', '%idefine ret retf', '%else'],
  ...['%idefine ret retn', '%endif', '%rotate 1', '%endrep', '%endmacro'],
  ...['%imacro endp 0', '%null %00', '%undef ret', '%endmacro'],
  '%idefine ptr __?masm_ptr?__',
  '%idefine flat __?masm_flat?__',
  '%idefine offset',
  ...['%imacro end 0+', '%endmacro'],
  '%idefine tbyte tword',
  'default rel',
];

export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  altreg: altreg(),
  fp,
  ifunc,
  masm,
  smartalign: ['[alignmode generic]'],
};
