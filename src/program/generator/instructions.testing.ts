import { anyInstruction } from './forms.testing';
import {
  BYTES,
  distance,
  expression,
  general,
  memory,
  number,
  SIZES,
  widths,
  type Surroundings,
} from './operands.testing';

const ALU = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'mov', 'xchg'];
const SHIFTS = ['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr', 'sal'];
const UNARY = ['inc', 'dec', 'neg', 'not', 'mul', 'imul', 'div', 'idiv'];
const CONDITIONS = ['z', 'nz', 'c', 'nc', 'a', 'be', 'g', 'le', 's', 'ns', 'o', 'pe', 'nae', 'nle'];
const STRINGS = ['movsb', 'stosw', 'lodsd', 'scasb', 'cmpsw', 'insb', 'outsw', 'xlatb'];
const BARE = [
  ...['nop', 'cli', 'sti', 'hlt', 'cpuid', 'rdtsc', 'ret', 'retf', 'iret', 'pushf', 'popf', 'cld'],
  ...['std', 'lahf', 'clts', 'wbinvd', 'rdmsr', 'wrmsr', 'int3', 'int 0x80', 'leave', 'cwd', 'cdq'],
  ...['vmcall', 'vmlaunch', 'ud2', 'pause', 'wait', 'in al, dx', 'out 0x80, al', 'ret 4', 'iretd'],
  ...['enter 16, 1', 'fninit', 'fwait', 'mov cr0, eax', 'lock', 'rep', 'into', 'aam', 'pusha'],
];

/** A name for the general register of the mode's own width. */
const own = (s: Surroundings): string => general(s, s.bits);

function branch(s: Surroundings): string {
  const { random } = s;
  const target = random.pick([
    ...s.labels,
    ...s.labels,
    '$',
    '$ + 5',
    `${random.pick(s.labels)} + 2`,
  ]);
  switch (random.below(6)) {
    case 0:
      return `loop${random.pick(['', 'z', 'ne'])} $ - ${random.below(20)} + 2`;
    case 1:
      return `j${random.pick(s.bits === 64 ? ['ecxz', 'rcxz'] : ['cxz', 'ecxz'])} $ + ${random.below(90)}`;
    case 2:
      return `${random.pick(['jmp', 'call'])} ${random.pick(['', 'near ', 'strict near '])}${target}`;
    case 3:
      return `jmp ${random.pick(['', 'short '])}$ + ${random.below(100)}`;
    case 4:
      return s.bits === 64
        ? `${random.pick(['jmp', 'call'])} ${random.pick(['', 'qword ', 'far '])}${memory(s)}`
        : `${random.pick(['jmp', 'call'])} ${random.pick(['', 'word ', 'dword '])}0x1234:${target}`;
    default:
      return `j${random.pick(CONDITIONS)} ${random.pick(['', '', '', 'near '])}${target}`;
  }
}

/** An immediate, sometimes with a size or `strict` before it. */
function immediate(s: Surroundings, width: number): string {
  const { random } = s;
  const size = random.chance(8) ? random.pick(['byte ', `${SIZES[width] ?? ''} `]) : '';
  const strict = size !== '' && random.chance(3) ? 'strict ' : '';
  return `${strict}${size}${random.chance(4) ? distance(s) : expression(s)}`;
}

function prefixed(s: Surroundings, text: string): string {
  const { random, bits } = s;
  const prefixes = ['o16 ', 'o32 ', 'rep ', 'lock ', 'repne ', 'es ', 'fs '];
  if (bits === 64) prefixes.push('a32 ', '{rex} ');
  else prefixes.push('a16 ', 'a32 ');
  return random.chance(15) ? random.pick(prefixes) + text : text;
}

function general2(s: Surroundings): string {
  const { random, bits } = s;
  const width = random.pick(widths(bits));
  const size = SIZES[width] ?? '';
  switch (random.below(14)) {
    case 0:
      return `${random.pick(ALU)} ${general(s, width)}, ${general(s, width)}`;
    case 1:
      return `${random.pick(ALU)} ${general(s, width)}, ${memory(s)}`;
    case 2:
      return `${random.pick(ALU)} ${memory(s)}, ${general(s, width)}`;
    case 3:
      return `${random.pick(ALU)} ${size} ${memory(s)}, ${immediate(s, width)}`;
    case 4:
      return `${random.pick(ALU)} ${general(s, width)}, ${immediate(s, width)}`;
    case 5:
      return `${random.pick(SHIFTS)} ${random.pick([general(s, width), `${size} ${memory(s)}`])}, ${random.pick(['1', '4', 'cl', 'byte 1'])}`;
    case 6:
      return `push ${random.pick([random.pick(s.labels), number(s), own(s), `word 5`, `byte -1`])}`;
    case 7:
      return `${random.pick(UNARY)} ${random.pick([general(s, width), `${size} ${memory(s)}`])}`;
    case 8:
      return `mov ${own(s)}, ${random.pick([random.pick(s.labels), distance(s)])}`;
    case 9:
      return `set${random.pick(CONDITIONS)} ${random.pick([...BYTES, `byte ${memory(s)}`])}`;
    case 10:
      return `lea ${own(s)}, ${memory(s)}`;
    case 11:
      return `imul ${own(s)}, ${random.pick([own(s), memory(s)])}, ${immediate(s, bits)}`;
    case 12:
      return `movzx ${random.pick(['eax', 'ecx'])}, ${random.pick(['byte', 'word'])} ${memory(s)}`;
    default:
      return `${random.pick(['', 'rep ', 'repne '])}${random.pick(STRINGS)}`;
  }
}

/** A random instruction; NASM refuses a few of them in their mode. */
export function instruction(s: Surroundings): string {
  const { random } = s;
  switch (random.below(10)) {
    case 0:
      return random.pick(BARE);
    case 1:
    case 2:
      return branch(s);
    case 3:
    case 4:
    case 5:
      return anyInstruction(s);
    default:
      return prefixed(s, general2(s));
  }
}
