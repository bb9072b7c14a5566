import { Decoder, DecoderOptions, Formatter, FormatterSyntax, Instruction } from 'iced-x86';
import { WideRflags } from '../../src/isa/registers/flags';
import { Msr } from '../../src/isa/registers/msr';
import { flatAt } from '../../src/session/boot/flat';
import { Machine } from '../../src/session/machine';
import { PROGRAM, type Peer } from './peer';
import { REGISTERS, type Register, type Registers } from './registers';

/** The instruction that comes next. */
export interface Next {
  readonly text: string;
  readonly length: number;
  /** Bits of RFLAGS that the manual leaves undefined after it. */
  readonly undefinedFlags: bigint;
}

const SEGMENTS: readonly Register[] = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
/** iced-x86's bits of RFLAGS: OF, SF, ZF, AF, CF, PF. */
const FLAG_BITS = [11n, 7n, 6n, 4n, 0n, 2n];
const LONGEST = 15;

/** Ringside's bare computer, one instruction at a time. */
export class Ringside {
  readonly machine: Machine;

  constructor(
    program: Uint8Array,
    private readonly peer: Peer,
  ) {
    this.machine = new Machine(flatAt(program, PROGRAM), { monitor: 'none', memory: 16 << 20 });
    this.processor.holdInterrupts = true;
  }

  /** Starts with another one's general registers and CR0. */
  adopt(registers: Registers): void {
    const { state } = this.processor;
    GPR_ORDER.forEach((gpr, n) => {
      state.setGpr(gpr, registers[REGISTERS[n] ?? 'rax']);
    });
    state.cr0 = registers.cr0;
  }

  get processor() {
    return this.machine.computer.processor;
  }

  /** A third fault has ended it. */
  shutDown = false;

  get ended(): boolean {
    return this.machine.requestedEnd !== undefined;
  }

  /** An instruction breakpoint comes before the next instruction: for QEMU it belongs to the step before. */
  get breakpointDue(): boolean {
    const { dr, rip, rflags } = this.processor.state;
    const enabled = (n: number): boolean => ((dr[7] ?? 0n) & (3n << BigInt(2 * n))) !== 0n;
    return (rflags & WideRflags.RF) === 0n && [0, 1, 2, 3].some((n) => enabled(n) && dr[n] === rip);
  }

  /** One instruction, or the delivery of what it raises. */
  step(): void {
    const { rflags } = this.processor.state;
    this.execute();
    if (!this.peer.pushesResumeFlag) this.dropResumeFlag(rflags);
  }

  /** A fault pushes RFLAGS with RF (SDM 3B 18.3.1.1): where the other one does not, the image becomes as theirs. */
  private dropResumeFlag(rflags: bigint): void {
    const { state, mmu } = this.processor;
    const { memory } = this.machine.computer;
    for (const offset of [8n, 12n, 16n, 24n]) {
      const { host } = mmu.probe(state.segment(2).base + state.gpr(4) + offset);
      if (host === undefined) continue;
      const image = BigInt(memory.read32(host) >>> 0);
      if (image === (rflags | WideRflags.RF)) memory.write32(host, Number(rflags));
    }
  }

  private execute(): void {
    const stop = this.machine.computer.run(1);
    const { state } = this.processor;
    // A trap that is due comes before the next instruction.
    const due = this.peer.trapsAtOnce && state.pendingDebug !== 0;
    if (due && state.interruptShadow !== 'mov-ss') this.machine.computer.run(1);
    if (stop.kind === 'not-implemented') throw new Error(`not implemented: ${stop.what}`);
    this.shutDown ||= stop.kind === 'triple-fault';
  }

  get wide(): boolean {
    return this.processor.state.codeBits === 64;
  }

  registers(): Registers {
    const { state } = this.processor;
    const values: bigint[] = Array.from({ length: 16 }, (_, n) => state.gpr(GPR_ORDER[n] ?? n));
    const selector = (name: Register): bigint =>
      BigInt(state.segment(SEGMENTS.indexOf(name)).selector);
    values.push(state.rip, state.rflags);
    for (const name of ['cs', 'ss', 'ds', 'es', 'fs', 'gs'] as const) values.push(selector(name));
    values.push(state.segment(4).base, state.segment(5).base, state.msr(Msr.KERNEL_GS_BASE));
    values.push(state.cr0, state.cr2, state.cr3, state.cr4, 0n, state.efer);
    return Object.fromEntries(REGISTERS.map((name, n) => [name, values[n] ?? 0n])) as Registers;
  }

  next(): Next {
    const { state, mmu } = this.processor;
    const bits = state.codeBits;
    const bytes = new Uint8Array(LONGEST);
    const base = bits === 64 ? 0n : state.segment(1).base;
    for (let n = 0; n < LONGEST; n++) {
      const linear = base + state.rip + BigInt(n);
      const { host } = mmu.probe(bits === 64 ? BigInt.asUintN(64, linear) : linear & 0xffffffffn);
      if (host === undefined) break;
      bytes[n] = this.machine.computer.memory.readBytes(host, 1)[0] ?? 0;
    }
    return decoded(bits, bytes, state.rip);
  }
}

/** QEMU's order is RAX, RBX, RCX, RDX; the processor's encoding has RCX second. */
const GPR_ORDER = [0, 3, 1, 2, 6, 7, 5, 4];

function decoded(bits: number, bytes: Uint8Array, rip: bigint): Next {
  const decoder = new Decoder(bits, bytes, DecoderOptions.None);
  decoder.ip = rip;
  const instruction = new Instruction();
  decoder.decodeOut(instruction);
  const formatter = new Formatter(FormatterSyntax.Nasm);
  const text = formatter.format(instruction);
  const undefinedFlags = FLAG_BITS.reduce(
    (mask, bit, n) => (instruction.rflagsUndefined & (1 << n) ? mask | (1n << bit) : mask),
    0n,
  );
  const { length } = instruction;
  for (const used of [decoder, instruction, formatter]) used.free();
  return { text, length, undefinedFlags };
}
