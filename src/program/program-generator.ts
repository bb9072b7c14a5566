/** Makes random valid NASM programs for the differential test: every kind of statement, all three modes. */

/** A small deterministic generator of random numbers. */
export class Random {
  constructor(private state: number) {}

  below(n: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * n);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }
}

const WORDS16 = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const WORDS32 = WORDS16.map((r) => 'e' + r);
const WORDS64 = [...WORDS16.map((r) => 'r' + r), 'r8', 'r9', 'r12', 'r13', 'r15'];
const BYTES = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
const ALU = ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor', 'cmp', 'test', 'mov'];
const SHIFTS = ['shl', 'shr', 'sar', 'rol', 'ror', 'rcl', 'rcr', 'sal'];
const CONDITIONS = ['z', 'nz', 'c', 'nc', 'a', 'be', 'g', 'le', 's', 'ns', 'o', 'pe'];
const PLAIN = [
  'nop',
  'cli',
  'sti',
  'hlt',
  'cpuid',
  'rdtsc',
  'ret',
  'retf',
  'iret',
  'pushf',
  'popf',
].concat(
  [
    'movsb',
    'stosw',
    'lodsd',
    'rep stosb',
    'rep movsd',
    'repne scasb',
    'cld',
    'std',
    'lahf',
    'clts',
  ],
  [
    'wbinvd',
    'rdmsr',
    'wrmsr',
    'int3',
    'int 0x80',
    'leave',
    'cwd',
    'cdq',
    'xlatb',
    'vmcall',
    'vmlaunch',
  ],
);
const SIZES: Readonly<Record<number, string>> = { 8: 'byte', 16: 'word', 32: 'dword', 64: 'qword' };
const OPERATORS = ['+', '-', '*', '|', '&', '^', '<<', '>>', '/', '%', '//', '%%'];

/** One program; `text` assembles without errors under NASM 2.16. */
export class ProgramGenerator {
  private lines: string[] = [];
  private labels = 0;
  private parent = '';
  private bits: 16 | 32 | 64 = 16;
  private constants: string[] = [];
  private readonly planned: string[] = [];

  constructor(private readonly random: Random) {}

  private line(text: string): void {
    this.lines.push(text);
  }

  private number(): string {
    const { random } = this;
    const n = random.pick([0, 1, 2, 5, 16, 100, 127, 128, 129, 255, 256, 0x1234, 0x7fff]);
    const forms = [String(n), `0x${n.toString(16)}`, `0${n.toString(16)}h`, `${n.toString(2)}b`];
    return random.pick(forms.concat(`0o${n.toString(8)}`, `-${n}`, `$${n.toString(10)}`, `~${n}`));
  }

  private expression(depth = 0): string {
    const { random } = this;
    if (depth > 2 || random.chance(3)) {
      return this.constants.length > 0 && random.chance(3)
        ? random.pick(this.constants)
        : this.number();
    }
    const operator = random.pick(OPERATORS);
    const right = /[/%<>]/.test(operator)
      ? String(1 + random.below(7))
      : this.expression(depth + 1);
    return `(${this.expression(depth + 1)} ${operator} ${right})`;
  }

  private label(): string {
    return this.random.pick(this.planned);
  }

  private register(bits: number): string {
    const { random } = this;
    if (bits === 8) return random.pick(BYTES);
    return random.pick(bits === 16 ? WORDS16 : bits === 32 ? WORDS32 : WORDS64);
  }

  private memory(): string {
    const { random, bits } = this;
    const offset = random.pick(['', '', ' + 4', ' - 8', ' + 0x200', ` + ${this.label()}`]);
    const segment = random.chance(8) ? random.pick(['fs:', 'es:', 'cs:']) : '';
    const choice = random.below(5);
    if (choice === 0) {
      const word = bits === 64 ? random.pick(['', 'rel ', 'abs ']) : '';
      return `[${word}${segment && word === '' ? segment : ''}${this.label()}]`;
    }
    if (bits === 16 && choice < 4)
      return `[${segment}${random.pick(['bx', 'bp', 'si', 'di', 'bx+si', 'bp+di'])}${offset}]`;
    const pool = bits === 64 ? WORDS64 : WORDS32;
    if (choice < 3) return `[${segment}${random.pick(pool)}${offset}]`;
    const index = random.pick(pool.filter((r) => !r.endsWith('sp')));
    return `[${segment}${random.pick(pool)} + ${index}*${random.pick([1, 2, 4, 8])}${offset}]`;
  }

  private width(): number {
    return this.random.pick(this.bits === 64 ? [8, 16, 32, 64] : [8, 16, 32]);
  }

  private instruction(): string {
    const { random } = this;
    const width = this.width();
    switch (random.below(14)) {
      case 0:
        return `${random.pick(ALU)} ${this.register(width)}, ${this.register(width)}`;
      case 1:
        return `${random.pick(ALU)} ${this.register(width)}, ${this.memory()}`;
      case 2:
        return `${random.pick(ALU)} ${SIZES[width] ?? ''} ${this.memory()}, ${this.number()}`;
      case 3:
        return `${random.pick(ALU)} ${this.register(width)}, ${this.expression()}`;
      case 4:
        return `${random.pick(SHIFTS)} ${this.register(width)}, ${random.pick(['1', '4', 'cl'])}`;
      case 5:
        return `j${random.pick(CONDITIONS)} ${random.pick(['', '', 'near '])}${this.label()}`;
      case 6:
        return `${random.pick(['jmp', 'jmp', 'call', 'jmp near'])} ${this.label()}`;
      case 7:
        return `push ${random.pick([this.label(), this.number(), this.register(this.bits)])}`;
      case 8:
        return `${random.pick(['inc', 'dec', 'neg', 'not', 'mul', 'idiv'])} ${SIZES[width] ?? ''} ${this.memory()}`;
      case 9:
        return `mov ${this.register(this.bits)}, ${this.label()}`;
      case 10:
        return `set${random.pick(CONDITIONS)} ${this.register(8)}`;
      case 11:
        return `lea ${this.register(this.bits)}, ${this.memory()}`;
      case 12:
        return `loop $ - ${random.below(20)} + 2`;
      default:
        return random.pick(PLAIN);
    }
  }

  private data(): string {
    const { random } = this;
    switch (random.below(8)) {
      case 0:
        return `db "text", ${this.number()}, 'it''s', \`\\n\\x41\``.replace("'it''s'", `"it's"`);
      case 1:
        return `dw ${this.label()}, ${this.expression()}`;
      case 2:
        return `dd ${random.pick(['1.5', '-0.1', '3.14159e10', '1e-40'])}, ${this.label()} - ${this.label()}`;
      case 3:
        return `dq ${this.label()}, 0x123456789abcdef0, ${random.pick(['2.5', '-1e300', "'abcdefgh'"])}`;
      case 4:
        return `times ${1 + random.below(5)} db ${this.number()}`;
      case 5:
        return `db ${random.below(4)} dup (${this.number()}, 7)`;
      case 6:
        return `dt ${random.pick(['1.0', '0.1', '-2.75e4000'])}`;
      default:
        return `dd $ - $$, ${this.expression()}`;
    }
  }

  private macro(): void {
    const { random } = this;
    const name = `mac${this.labels++}`;
    this.line(`%macro ${name} ${random.pick(['2', '2-3 5', '2-*', '1-2+ 9'])}`);
    this.line('%%here: nop');
    if (random.chance(2)) this.line('%if %0 > 1');
    else this.line('%ifnum %1');
    this.line('  dw %1, %0');
    this.line('%else');
    this.line('  jmp %%here');
    this.line('%endif');
    this.line('  db %2');
    if (random.chance(2)) this.line('%rep %0\n  dd %1\n%rotate 1\n%endrep');
    this.line('%endmacro');
    for (let i = 0; i < 2; i++) this.line(`  ${name} ${this.number()}, ${this.number()}`);
  }

  private preprocessor(): void {
    const { random } = this;
    const n = this.labels++;
    switch (random.below(6)) {
      case 0:
        this.line(`%define D${n} ${this.expression()}`);
        this.constants.push(`D${n}`);
        return;
      case 1:
        this.line(`%assign A${n} ${this.expression()}`);
        this.constants.push(`A${n}`);
        return;
      case 2:
        this.line(`E${n} equ ${this.expression()}`);
        this.constants.push(`E${n}`);
        return;
      case 3:
        this.line(`%define F${n}(x, y) ((x) * 2 + (y))`);
        this.line(`  dq F${n}(${this.number()}, (${this.number()}) - 3), F${n}(1, 2)`);
        return;
      case 4:
        this.line(`%assign i${n} 0\n%rep ${1 + random.below(4)}`);
        this.line(`gen${n}_%+i${n}: dw i${n}, ${this.number()}\n%assign i${n} i${n} + 1\n%endrep`);
        return;
      default:
        this.macro();
    }
  }

  private statement(): void {
    const { random } = this;
    switch (random.below(16)) {
      case 0:
        this.line(`align ${random.pick([2, 4, 8, 16])}${random.pick(['', ', db 0'])}`);
        return;
      case 1:
        this.bits = random.pick([16, 32, 64] as const);
        this.line(random.chance(2) ? `bits ${this.bits}` : `use${this.bits}`);
        return;
      case 2:
      case 3:
        this.preprocessor();
        return;
      case 4:
      case 5:
        this.line('  ' + this.data());
        return;
      case 6:
        this.line(`.local${this.labels}: dec ${this.register(16)}\n  jnz .local${this.labels++}`);
        return;
      default:
        this.line('  ' + this.instruction());
    }
  }

  /** The program's text. */
  generate(): string {
    const { random } = this;
    const count = 3 + random.below(6);
    for (let i = 0; i < count; i++) this.planned.push(`label${i}`);
    this.line(`org ${random.pick(['0', '0x7c00', '0x100000'])}`);
    this.line(`bits ${(this.bits = random.pick([16, 32, 64] as const))}`);
    if (random.chance(3)) this.line('default rel');
    const structure = random.chance(3);
    if (structure) this.line('struc pair\n.a: resd 1\n.b: resw 3\nendstruc');
    for (let i = 0; i < count; i++) {
      if (random.chance(6)) {
        const attributes = random.pick(['', '', ' align=16', ' vstart=0x5000']);
        this.line(
          `section ${random.pick(['.text', `.data${attributes}`, `.own${i}${attributes}`])}`,
        );
      }
      this.parent = this.planned[i] ?? '';
      this.line(`${this.parent}:`);
      for (let k = random.below(30); k > 0; k--) this.statement();
    }
    if (structure)
      this.line('istruc pair\nat pair.a, dd 5\nat .b, dw 1, 2\niend\n  dw pair_size, pair.b');
    this.line(
      'section .bss\nbuffer: resb 10\nmore: resq 2\nsection .text\n  dw buffer, more - buffer',
    );
    if (random.chance(2)) this.line('times (-($ - $$)) & 63 db 0xcc');
    return this.lines.join('\n') + '\n';
  }
}
