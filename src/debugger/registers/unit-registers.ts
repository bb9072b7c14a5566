import { UNIT_REGISTERS, type UnitRegister } from '../../isa/registers/units';
import { WideCr4, Xcr0 } from '../../isa/registers/control';
import { checkMxcsr } from '../../processor/extended-state/vector-image';
import { writeXcr0 } from '../../processor/extended-state/xcr0';
import type { Processor } from '../../processor/processor';
import type { CpuState } from '../../processor/state/cpu-state';
import { Units, vectorSlot, x87Slot } from '../../processor/state/layout';
import { RegisterStack } from '../../processor/x87/register-stack';
import { fullTags } from '../../processor/x87/state-image';

/** Words that are a slot of the state and no more. */
const SLOTS: Readonly<Record<string, number>> = {
  fop: Units.X87_OPCODE,
  fcs: Units.X87_CODE_SEGMENT,
  fip: Units.X87_INSTRUCTION,
  fds: Units.X87_DATA_SEGMENT,
  fdp: Units.X87_DATA,
  mxcsr: Units.MXCSR,
  xcr0: Units.XCR0,
  pkru: Units.PKRU,
};

/** The tag of an empty register in the full tag word (SDM 1 8.1.7). */
const EMPTY = 3;
/** Sign and exponent of what MMX instructions write (SDM 1 9.6.2). */
const MMX_EXPONENT = 0xffffn;
const OPCODE = 0x7ffn;

/** Whoever has them: a processor, or the area of a virtual one. */
export interface UnitOwner extends Pick<Processor, 'state' | 'updateDerivedState'> {
  readonly mmu: Pick<Processor['mmu'], 'setPkru'>;
}

/**
 * The registers of the x87 and vector units. No VM exit and no VM entry saves or loads them: whoever
 * has the processor has these, so that both worlds see the same ones.
 */
export class UnitRegisters {
  private readonly stack: RegisterStack;

  constructor(private readonly cpu: UnitOwner) {
    this.stack = new RegisterStack(cpu.state);
  }

  private get state(): CpuState {
    return this.cpu.state;
  }

  /** Those that code of so many bits can reach, with this CR4. */
  present(bits: 16 | 32 | 64, cr4: bigint): UnitRegister[] {
    return UNIT_REGISTERS.filter((register) => this.isPresent(register, bits, cr4));
  }

  private isPresent(
    { name, class: kind, index }: UnitRegister,
    bits: 16 | 32 | 64,
    cr4: bigint,
  ): boolean {
    const { profile } = this.state;
    const reachable = index < (bits === 64 ? 16 : 8);
    if (kind === 'mm') return profile.has('MMX');
    if (kind === 'xmm') return reachable && profile.has('SSE');
    if (kind === 'ymm') return reachable && (this.state.slot(Units.XCR0) & Xcr0.AVX) !== 0n;
    if (name === 'mxcsr') return profile.has('SSE');
    if (name === 'xcr0') return (cr4 & WideCr4.OSXSAVE) !== 0n;
    if (name === 'pkru') return (cr4 & WideCr4.PKE) !== 0n;
    return profile.has('FPU');
  }

  /**
   * Those that somebody has used: registers of the stack that are not empty, vectors that are not 0 (by
   * the larger name where the upper half is not), words that are not as they initially are. MMn are left out:
   * they are the significands of the stack.
   */
  inUse(): UnitRegister[] {
    return UNIT_REGISTERS.filter((register) => {
      const { class: kind, index, initial } = register;
      if (kind === 'mm') return false;
      if (kind === 'st') return !this.isEmpty(index);
      const upper = this.slots(vectorSlot(index) + 16, 2);
      if (kind === 'ymm') return upper !== 0n;
      return this.read(register) !== initial && !(kind === 'xmm' && upper !== 0n);
    });
  }

  /** The bits of a register, as an unsigned number of its width. */
  read({ name, class: kind, index }: UnitRegister): bigint {
    const { stack } = this;
    switch (kind) {
      case 'st':
        return stack.get(index);
      case 'mm':
        return this.state.slot(x87Slot(index));
      case 'xmm':
        return this.slots(vectorSlot(index), 2);
      case 'ymm':
        return this.slots(vectorSlot(index), 4);
    }
    if (name === 'fcw') return BigInt(stack.control);
    if (name === 'fsw') return BigInt(stack.status);
    if (name === 'ftw') return BigInt(fullTags(stack));
    return this.state.slot(SLOTS[name] ?? 0);
  }

  /**
   * Writes a register as instructions do: ST(i) is then not empty, MMn gets an exponent of ones, ES of FSW
   * follows from flags and masks, of the tag word counts what is empty.
   *
   * @throws Fault for values that the processor refuses
   */
  write(register: UnitRegister, value: bigint): void {
    const { index, width } = register;
    const bits = BigInt.asUintN(width, value);
    switch (register.class) {
      case 'st':
        this.stack.set(index, bits);
        return;
      case 'mm':
        this.stack.setPhysical(index, bits | (MMX_EXPONENT << 64n));
        return;
      case 'xmm':
      case 'ymm':
        this.setSlots(vectorSlot(index), width / 64, bits);
        return;
      case 'word':
        this.writeWord(register.name, bits);
    }
  }

  private writeWord(name: string, bits: bigint): void {
    const { stack, cpu } = this;
    switch (name) {
      case 'fcw':
        stack.control = Number(bits);
        return;
      case 'fsw':
        stack.status = Number(bits);
        return;
      case 'ftw':
        stack.tags = notEmpty(Number(bits));
        return;
      case 'xcr0':
        writeXcr0(this.state, bits);
        cpu.updateDerivedState();
        return;
      case 'pkru':
        cpu.mmu.setPkru(bits);
        return;
      case 'mxcsr':
        checkMxcsr(Number(bits));
    }
    this.state.setSlot(SLOTS[name] ?? 0, name === 'fop' ? bits & OPCODE : bits);
  }

  /** Whether ST(index) holds nothing. */
  isEmpty(index: number): boolean {
    return this.stack.isEmpty(index);
  }

  /** The number of the physical register that is ST(index). */
  physical(index: number): number {
    return this.stack.physical(index);
  }

  private slots(address: number, count: number): bigint {
    let value = 0n;
    for (let n = count - 1; n >= 0; n--) value = (value << 64n) | this.state.slot(address + 8 * n);
    return value;
  }

  private setSlots(address: number, count: number, value: bigint): void {
    for (let n = 0; n < count; n++) {
      this.state.setSlot(address + 8 * n, BigInt.asUintN(64, value >> BigInt(64 * n)));
    }
  }
}

/** The abridged tags of a full tag word: bit n tells that Rn is not empty. */
function notEmpty(word: number): number {
  let tags = 0;
  for (let n = 0; n < 8; n++) if (((word >> (2 * n)) & EMPTY) !== EMPTY) tags |= 1 << n;
  return tags;
}
