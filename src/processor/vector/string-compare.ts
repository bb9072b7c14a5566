import { Rflags } from '../../isa/registers/flags';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import { vectorSlot } from '../state/layout';
import { isVex, lanes, ofLanes, readVector, writeRegister } from './operands';

/** PCMPESTRI, PCMPESTRM, PCMPISTRI, PCMPISTRM (SDM 2B 4.1). */

/** What the immediate asks for (SDM 2B 4.1.2 to 4.1.6). */
interface Control {
  readonly width: 8 | 16;
  readonly signed: boolean;
  readonly aggregation: number;
  readonly polarity: number;
  /** The most significant index, or a mask of bytes or words. */
  readonly upper: boolean;
}

function controlOf(imm: number): Control {
  return {
    width: imm & 1 ? 16 : 8,
    signed: (imm & 2) !== 0,
    aggregation: (imm >> 2) & 3,
    polarity: (imm >> 4) & 3,
    upper: (imm & 0x40) !== 0,
  };
}

interface Text {
  readonly elements: readonly bigint[];
  readonly length: number;
}

/** Up to the first element that is 0. */
function implicit(value: bigint, { width }: Control): Text {
  const elements = lanes(value, width, 128 / width);
  const end = elements.indexOf(0n);
  return { elements, length: end < 0 ? elements.length : end };
}

/** As long as a register says, its sign ignored, and at most the whole vector. */
function explicit(value: bigint, { width }: Control, register: bigint): Text {
  const elements = lanes(value, width, 128 / width);
  const length = register < 0n ? -register : register;
  const most = BigInt(elements.length);
  return { elements, length: Number(length > most ? most : length) };
}

/** Bit n: what the comparison says of element n of the second text (SDM 2B 4.1.3 and table 4-7). */
function aggregate(a: Text, b: Text, control: Control): boolean[] {
  const value = (v: bigint | undefined): bigint =>
    control.signed ? BigInt.asIntN(control.width, v ?? 0n) : (v ?? 0n);
  const at = (t: Text, n: number): bigint => value(t.elements[n]);
  const valid = (t: Text, n: number): boolean => n < t.length;
  const count = a.elements.length;
  const each = (test: (j: number) => boolean): boolean[] =>
    Array.from({ length: count }, (_, j) => test(j));
  switch (control.aggregation) {
    case 0: // equal any
      return each(
        (j) => valid(b, j) && a.elements.some((_, i) => valid(a, i) && at(a, i) === at(b, j)),
      );
    case 1: // ranges
      return each(
        (j) =>
          valid(b, j) &&
          a.elements.some(
            (_, i) =>
              i % 2 === 0 && valid(a, i + 1) && at(a, i) <= at(b, j) && at(b, j) <= at(a, i + 1),
          ),
      );
    case 2: // equal each
      return each((j) =>
        valid(a, j) && valid(b, j) ? at(a, j) === at(b, j) : valid(a, j) === valid(b, j),
      );
    default: // equal ordered
      return each((j) => {
        for (let i = 0; i + j < count; i++) {
          if (!valid(a, i)) return true;
          if (!valid(b, i + j) || at(a, i) !== at(b, i + j)) return false;
        }
        return true;
      });
  }
}

/** The intermediate result as a mask, bits turned by the polarity (SDM 2B 4.1.4). */
function compare(a: Text, b: Text, control: Control): number {
  let mask = 0;
  aggregate(a, b, control).forEach((bit, n) => {
    const turned = control.polarity === 1 || (control.polarity === 3 && n < b.length);
    if (bit !== turned) mask |= 1 << n;
  });
  return mask;
}

function setFlags(cpu: InstructionContext, a: Text, b: Text, mask: number): void {
  const count = a.elements.length;
  let flags = 0;
  if (mask !== 0) flags |= Rflags.CF;
  if (b.length < count) flags |= Rflags.ZF;
  if (a.length < count) flags |= Rflags.SF;
  if (mask & 1) flags |= Rflags.OF;
  cpu.state.setStatusFlags(flags);
}

/** ECX: the lowest or highest element that was found, or their number. */
function giveIndex(cpu: InstructionContext, mask: number, count: number, upper: boolean): void {
  const highest = 31 - Math.clz32(mask);
  const lowest = 31 - Math.clz32(mask & -mask);
  cpu.state.setGpr(1, BigInt(mask === 0 ? count : upper ? highest : lowest));
}

/** XMM0: the bits, or elements of ones. */
function giveMask(cpu: InstructionContext, mask: number, { width, upper }: Control): void {
  const elements = Array.from({ length: 128 / width }, (_, n) => (mask & (1 << n) ? -1n : 0n));
  const value = upper ? ofLanes(elements, width) : BigInt(mask);
  writeRegister(cpu, vectorSlot(0), 16, value, isVex(cpu));
}

/**
 * @param lengths how many bits of RAX and RDX say how long the texts are; 0: a zero ends them
 */
const compareStrings =
  (lengths: 0 | 32 | 64, gives: 'index' | 'mask'): SlowPath =>
  (cpu) => {
    const control = controlOf(Number(cpu.readOperand(2, 1)));
    const second = readVector(cpu, 1, 16, false);
    const first = readVector(cpu, 0, 16, false);
    const read = (value: bigint, register: number): Text =>
      lengths === 0
        ? implicit(value, control)
        : explicit(value, control, BigInt.asIntN(lengths, cpu.state.gpr(register)));
    const a = read(first, 0);
    const b = read(second, 2);
    const mask = compare(a, b, control);
    if (gives === 'index') giveIndex(cpu, mask, a.elements.length, control.upper);
    else giveMask(cpu, mask, control);
    setFlags(cpu, a, b, mask);
    return 'continue';
  };

export const STRING_COMPARISONS: Readonly<Record<string, SlowPath>> = {
  PCMPESTRI: compareStrings(32, 'index'),
  PCMPESTRI64: compareStrings(64, 'index'),
  PCMPESTRM: compareStrings(32, 'mask'),
  PCMPESTRM64: compareStrings(64, 'mask'),
  PCMPISTRI: compareStrings(0, 'index'),
  PCMPISTRM: compareStrings(0, 'mask'),
};
