import { STATUS_FLAGS, WideRflags } from '../../isa/registers/flags';
import type { InstructionContext } from '../execution/instruction-context';
import type { SlowPath } from '../semantics/slow-path';
import type { CpuState } from '../state/cpu-state';

/**
 * RDRAND and RDSEED (SDM 2B). Their numbers come from a generator that is a part of the processor's
 * state, so that a program gets the same ones each time; there is always one.
 */

const wrapped = (value: bigint): bigint => BigInt.asUintN(64, value);

/** SplitMix64 (G. L. Steele and others, Fast Splittable Pseudorandom Number Generators, 2014). */
function nextRandom(state: CpuState): bigint {
  state.random = wrapped(state.random + 0x9e3779b97f4a7c15n);
  let mixed = state.random;
  mixed = wrapped((mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = wrapped((mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return mixed ^ (mixed >> 31n);
}

/** CF = 1: there was a number. The other status flags are 0. */
function giveNumber(cpu: InstructionContext): 'continue' {
  const { state, instruction } = cpu;
  const bytes = instruction.operandSize;
  cpu.writeOperand(0, bytes, BigInt.asUintN(8 * bytes, nextRandom(state)));
  state.rflags = (state.rflags & ~STATUS_FLAGS) | WideRflags.CF;
  return 'continue';
}

export const readRandom: SlowPath = (cpu) => (cpu.guestMode.rdrand() ? 'left' : giveNumber(cpu));
export const readSeed: SlowPath = (cpu) => (cpu.guestMode.rdseed() ? 'left' : giveNumber(cpu));
