import type { Code, MemorySize } from 'iced-x86';
import type { Bus } from '../bus';
import type { InterruptEvent } from '../events/event';
import type { GuestMode } from '../guest-mode/guest-mode';
import type { Mmu } from '../paging/mmu';
import type { PhysicalMemory } from '../physical-memory';
import type { CpuState } from '../state/cpu-state';
import type { SvmUnit } from '../svm/unit';
import type { VmxUnit } from '../vmx/unit';
import type { Tally } from './tally';

/** An operand of an instruction that a slow path executes. */
export type OperandDetail =
  /** A general-purpose or vector register. */
  | { readonly kind: 'register'; readonly slot: number; readonly bytes: 1 | 2 | 4 | 8 | 16 | 32 }
  /** How wide the index register is; 0 without one. */
  | { readonly kind: 'memory'; readonly indexBytes: number }
  | { readonly kind: 'immediate'; readonly value: bigint }
  | { readonly kind: 'segment'; readonly index: number }
  | { readonly kind: 'control'; readonly number: number }
  | { readonly kind: 'debug'; readonly number: number }
  /** ST(index). */
  | { readonly kind: 'x87'; readonly index: number }
  | { readonly kind: 'far'; readonly selector: number; readonly offset: number }
  | { readonly kind: 'other' };

/** What a slow path may want to know of its instruction. */
export interface InstructionDetail {
  /** iced-x86's opcode: mnemonic, operand size and encoding in one. */
  readonly code: Code;
  readonly mnemonic: string;
  readonly length: number;
  /** In bytes. */
  readonly operandSize: 2 | 4 | 8;
  readonly operands: readonly OperandDetail[];
  /** What the memory operand is, as iced-x86 knows it. */
  readonly memorySize: MemorySize;
  /** Of an x87 instruction: the lowest three bits of its first opcode byte, and the second (SDM 1 8.1.9). */
  readonly x87Opcode: number;
  /** The slot of the segment that a prefix names; DS's without one. */
  readonly segmentPrefix: number;
  readonly repeat: '' | 'rep' | 'repne';
  /** Where the record of the instruction lies. */
  readonly record: number;
}

/** The processor as its slow paths see it, while one instruction is being executed. */
export interface InstructionContext {
  readonly state: CpuState;
  readonly mmu: Mmu;
  readonly physical: PhysicalMemory;
  readonly bus: Bus;
  readonly vmx: VmxUnit;
  readonly svm: SvmUnit;
  /** Counts for whoever compares costs. */
  readonly tally: Tally;
  /** What guest mode intercepts; nothing outside it. */
  readonly guestMode: GuestMode;
  /** Decoded on demand. */
  readonly instruction: InstructionDetail;
  /** RIP of the next instruction, where execution goes on unless the slow path changes it. */
  nextRip: bigint;
  /** The machine's time: instructions retired, and the time that HLT let pass. */
  readonly time: number;

  /** The instruction's memory operand: offset within its segment, and the segment's slot. */
  effectiveAddress(): bigint;
  operandSegment(): number;
  /** The memory operand's linear address, without any check. */
  linearOperand(): bigint;
  /** The displacement of the memory operand, sign-extended to 64 bits; relative to RIP, the address itself. */
  displacement(): bigint;
  /** Reads or writes an operand as an unsigned value of `bytes` bytes. */
  readOperand(index: number, bytes: number): bigint;
  writeOperand(index: number, bytes: number, value: bigint): void;
  /** Memory through a segment, with all checks: #GP, #SS, #PF. */
  load(segmentSlot: number, offset: bigint, bytes: number): bigint;
  store(segmentSlot: number, offset: bigint, bytes: number, value: bigint): void;
  /** Up to a page of bytes; a store writes all of them or none. */
  loadBytes(segmentSlot: number, offset: bigint, bytes: number): Uint8Array;
  storeBytes(segmentSlot: number, offset: bigint, data: Uint8Array): void;
  /** Faults as a store would, and stores nothing. */
  requireWritable(segmentSlot: number, offset: bigint, bytes: number): void;
  push(value: bigint, bytes: number): void;
  pop(bytes: number): bigint;
  /** @throws Fault #GP(0) when the current privilege level is above `level` */
  requirePrivilege(level: number): void;
  /** Delivers an event through the IDT at the instruction's end. */
  deliver(event: InterruptEvent): void;
  /** Delivers what the instruction itself asks for: INT n, INT3, INTO, INT1. */
  deliverSoftware(event: InterruptEvent): void;
  /** To be called after changes of control registers, segment registers, EFER or privilege. */
  updateDerivedState(): void;
  /** Forgets translations of the present world. */
  flushTlb(keepGlobal: boolean): void;
  flushPage(linear: bigint, world?: 0 | 1): void;
  /** Forgets the translations of one world (0 root, 1 guest). */
  flushWorld(world: 0 | 1, keepGlobal?: boolean): void;
}
