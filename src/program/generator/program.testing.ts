import type { Bits } from '../x86/bits';
import { data } from './data.testing';
import { instruction } from './instructions.testing';
import { general, number, type Surroundings } from './operands.testing';
import { preprocessed } from './preprocessor.testing';
import type { Random } from './random.testing';

/** The file that generated programs include as bytes. */
export const BLOB = Uint8Array.of(1, 2, 3, 4, 5, 250, 0, 7);

/** Makes one random program: every kind of statement, all three modes. Most of what it makes is valid. */
export class ProgramGenerator {
  private readonly lines: string[] = [];
  private readonly labels: string[];
  private readonly constants: string[] = [];
  private bits: Bits;
  private unique = 0;

  constructor(private readonly random: Random) {
    this.labels = Array.from({ length: 3 + random.below(6) }, (_, i) => `label${i}`);
    this.bits = random.pick([16, 32, 64] as const);
  }

  private get surroundings(): Surroundings {
    const { random, bits, labels, constants } = this;
    return { random, bits, labels, constants };
  }

  private line(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  private setBits(): void {
    const { random } = this;
    this.bits = random.pick([16, 32, 64] as const);
    const { bits } = this;
    this.line(random.pick([`bits ${bits}`, `use${bits}`, `[bits ${bits}]`, `BITS ${bits}`]));
  }

  private alignment(): void {
    const { random } = this;
    const filling = random.pick(['', '', ', db 0', ', nop', ', resb 1']);
    this.line(`align ${random.pick([2, 4, 8, 16])}${filling}`);
  }

  private local(): void {
    const n = this.unique++;
    const { random } = this;
    this.line(`.local${n}${random.pick([':', ':', ''])} dec ${general(this.surroundings, 16)}`);
    this.line(`  jnz .local${n}`);
  }

  private statement(): void {
    const { random } = this;
    const s = this.surroundings;
    switch (random.below(20)) {
      case 0:
        this.alignment();
        return;
      case 1:
        this.setBits();
        return;
      case 2:
      case 3: {
        const { lines, constant } = preprocessed(s, this.unique++);
        this.line(...lines);
        if (constant !== undefined) this.constants.push(constant);
        return;
      }
      case 4:
      case 5:
      case 6:
        this.line('  ' + data(s));
        return;
      case 7:
        this.local();
        return;
      case 8:
        this.line(`  times ${random.pick(['2', '3', '(5 - 2)'])} ${instruction(s)}`);
        return;
      default:
        this.line('  ' + instruction(s) + random.maybe(10, ' ; a comment'));
    }
  }

  /** Moves to a section, which gets its attributes when it is first named. */
  private section(i: number): void {
    const { random } = this;
    const attributes = random.pick([
      ...['', '', ' align=16', ' vstart=0x5000', ' align=8 vstart=0x8000', ' follows=.text'],
      ...[' valign=32 align=4', ' progbits', ' vfollows=.text'],
    ]);
    const own = this.random.pick(['.text', '.data', `.own${i}${attributes}`, `own${i}`]);
    this.line(`${random.pick(['section', 'segment'])} ${own}`);
  }

  private structure(): void {
    const { random } = this;
    this.line(`struc pair${random.maybe(3, ', 4')}`);
    this.line('.a: resd 1', '.b: resw 3', random.pick(['', '.c resb 5', 'alignb 4']), 'endstruc');
  }

  private instance(): void {
    const s = this.surroundings;
    this.line('istruc pair', `at pair.a, dd ${number(s)}`, 'at .b, dw 1, 2', 'iend');
    this.line('  dw pair_size, pair.b');
  }

  /** Space that is not stored, and symbols at fixed addresses. */
  private unstored(): void {
    this.line('section .bss', 'buffer: resb 10', 'more: resq 2', 'alignb 8', 'last resw 1');
    if (this.random.chance(2)) this.line('absolute 0x500', 'fixed: resd 2', 'fixed2: resb 1');
    else this.line('fixed equ 0x500', 'fixed2 equ fixed + 1');
    this.line('section .text', '  dw buffer, more - buffer, fixed2, last');
  }

  /** The program's text. */
  generate(): string {
    const { random } = this;
    this.line(`org ${random.pick(['0', '0x7c00', '0x100000', '0x10 * 4'])}`, `bits ${this.bits}`);
    if (random.chance(3)) this.line('default rel');
    if (random.chance(6)) this.line(`%use smartalign`, `alignmode ${random.pick(['p6', 'k8'])}`);
    const structure = random.chance(3);
    if (structure) this.structure();
    this.labels.forEach((label, i) => {
      if (random.chance(6)) this.section(i);
      this.line(label + random.pick([':', ':', ': nop']));
      for (let k = random.below(14); k > 0; k--) this.statement();
    });
    if (structure) this.instance();
    this.unstored();
    if (random.chance(3)) this.line('  dd section..text.start, section..text.vstart');
    if (random.chance(2)) this.line('times (-($ - $$)) & 63 db 0xcc');
    return this.lines.join('\n') + '\n';
  }
}
