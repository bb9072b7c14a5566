import { distance, expression, number, type Surroundings } from './operands.testing';

const STRINGS = [
  '"text"',
  `"it's"`,
  "'quote\"d'",
  '`\\n\\x41\\101\\e\\u263a`',
  "''",
  '"żółć"',
  "'a'",
];
const FLOATS = [
  ...['1.5', '-0.1', '3.14159e10', '1e-40', '2.5', '-1e300', '0x1.8p4', '1_000.5', '0.0', '-0.0'],
  ...['__?Infinity?__', '-__Infinity__', '__?QNaN?__', '1.0e+5', '0h1.4p-2', '5e-324'],
];
const CONVERSIONS = ['__?float32?__', '__float64__', '__?float16?__'];

/** A line that stores data (NASM manual 3.2.1). */
export function data(s: Surroundings): string {
  const { random } = s;
  const label = (): string => random.pick(s.labels);
  switch (random.below(14)) {
    case 0:
      return `db ${random.pick(STRINGS)}, ${number(s)}, ${random.pick(STRINGS)}`;
    case 1:
      return `dw ${label()}, ${expression(s)}, ${random.pick(STRINGS)}`;
    case 2:
      return `dd ${random.pick(FLOATS.slice(0, 4))}, ${distance(s)}`;
    case 3:
      return `dq ${label()}, 0x123456789abcdef0, ${random.pick(FLOATS)}, 'abcdefgh'`;
    case 4:
      return `times ${1 + random.below(5)} db ${number(s)}`;
    case 5:
      return `db ${random.below(4)} dup (${number(s)}, 7, 2 dup (?))`;
    case 6:
      return `dt ${random.pick(['1.0', '0.1', '-2.75e4000', '1e-4940', '__?Infinity?__'])}`;
    case 7:
      return `do ${random.pick(['1.0', '-0.1', '1e100'])}, ${random.pick(STRINGS)}`;
    case 8:
      return `dd ${random.pick(CONVERSIONS.slice(0, 1))}(${random.pick(['1.5', '-2.25'])}), $ - $$`;
    case 9:
      return `dw __?utf16?__(${random.pick(['"aé"', "'xy'"])}), 1.5`;
    case 10:
      return `dd ${2 + random.below(3)} dup word (${number(s)}, ${label()} - $$)`;
    case 11:
      return `dy ${random.pick(STRINGS)}`;
    case 12:
      return `incbin "blob.bin"${random.pick(['', ', 2', ', 1, 3'])}`;
    default:
      return `dd $ - $$, ${expression(s)}, ?`;
  }
}
