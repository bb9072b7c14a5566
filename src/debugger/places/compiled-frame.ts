import type { CallerFrame, Machine } from '../../debug-info';
import { Gpr } from '../../isa/registers/general';
import { debugInfoOf } from '../../session';
import type { DebugMemory } from '../memory';
import { modeOf, type Registers } from '../registers/registers';
import type { Target } from '../target';
import { placeAt } from './program-place';

/** The general registers by their numbers in DWARF (System V ABI: AMD64 3.6.2, Intel386 2.5.2). */
const REGISTERS_64 = [
  Gpr.RAX,
  Gpr.RDX,
  Gpr.RCX,
  Gpr.RBX,
  Gpr.RSI,
  Gpr.RDI,
  Gpr.RBP,
  Gpr.RSP,
  ...[8, 9, 10, 11, 12, 13, 14, 15],
];
const REGISTERS_32 = [Gpr.RAX, Gpr.RCX, Gpr.RDX, Gpr.RBX, Gpr.RSP, Gpr.RBP, Gpr.RSI, Gpr.RDI];
const RETURN_ADDRESS = { 32: 8, 64: 16 } as const;

const registersOf = (bits: 32 | 64): readonly number[] =>
  bits === 64 ? REGISTERS_64 : REGISTERS_32;

/** An activation as debug information sees it; undefined where it runs in a mode of which no compiler knows. */
export function machineOf(registers: Registers, memory: DebugMemory): Machine | undefined {
  const { bits } = modeOf(registers);
  if (bits === 16) return undefined;
  return {
    bits,
    register: (number) => {
      if (number === RETURN_ADDRESS[bits]) return registers.rip;
      const index = registersOf(bits)[number];
      return index === undefined ? undefined : registers.gpr(index);
    },
    read: (address, length) => memory.read('gva', address, length).data,
  };
}

/** The number of a general register by its number in DWARF. */
export const gprOf = (number: number, bits: 32 | 64): number | undefined =>
  registersOf(bits)[number];

/** Where the registers of a caller were, as the compiler says it. */
export interface CompiledCaller {
  readonly rip: bigint;
  readonly rsp: bigint;
  /** General registers that the activation has saved, by their numbers. */
  readonly saved: ReadonlyMap<number, bigint>;
}

/** @param meant the linear address of the instruction that the activation is at, or of its call */
export function compiledCaller(
  target: Target,
  meant: bigint,
  registers: Registers,
  memory: DebugMemory,
): CompiledCaller | undefined {
  const place = placeAt(target, meant, memory);
  const machine = machineOf(registers, memory);
  if (!place || !machine) return undefined;
  const frame = debugInfoOf(place.program)?.callerAt(place.address, machine);
  return frame && callerOf(frame, machine.bits);
}

function callerOf({ address, returnAddress, registers }: CallerFrame, bits: 32 | 64) {
  const saved = new Map<number, bigint>();
  for (const [number, value] of registers) {
    const index = gprOf(number, bits);
    if (index !== undefined && index !== Number(Gpr.RSP)) saved.set(index, value);
  }
  return { rip: returnAddress, rsp: address, saved };
}
