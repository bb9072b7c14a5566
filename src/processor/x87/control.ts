import { Vector } from '../../isa/exceptions';
import { X87Status } from '../../isa/registers/floating-point';
import { WideCr0 } from '../../isa/registers/control';
import type { InstructionContext } from '../execution/instruction-context';
import { Fault } from '../faults';
import { coprocessorUnavailable } from '../reasons/instructions';
import type { SlowPath } from '../semantics/slow-path';
import { requireUnit, waitsForError } from './availability';
import { loadWide, storeWide } from './memory';
import { RegisterStack } from './register-stack';
import {
  environmentImage,
  FIELDS,
  imageUnit,
  loadEnvironment,
  loadRegisters,
  REGISTER_BYTES,
  registersImage,
} from './state-image';

/**
 * Control instructions (SDM 1 8.3.11). FIP, FDP and FOP stay as they are. Those that are spelled with FN do
 * not wait for pending exceptions; the others are a WAIT and one of them.
 */
type Body = (cpu: InstructionContext, stack: RegisterStack) => void;

const control =
  (waits: boolean, body: Body): SlowPath =>
  (cpu) => {
    requireUnit(cpu);
    if (waits && waitsForError(cpu)) return undefined;
    body(cpu, new RegisterStack(cpu.state));
    return undefined;
  };

/** WAIT (SDM 2B): CR0.MP makes it obey CR0.TS; CR0.EM is nothing to it. */
export const waitForCoprocessor: SlowPath = (cpu) => {
  const both = WideCr0.MP | WideCr0.TS;
  if ((cpu.state.cr0 & both) === both) throw new Fault(Vector.NM, coprocessorUnavailable());
  return waitsForError(cpu) ? undefined : 'continue';
};

const initialize: Body = (_cpu, stack) => {
  stack.initialize();
};
const clearExceptions: Body = (_cpu, stack) => {
  stack.clearExceptions();
};
const storeControl: Body = (cpu, stack) => {
  cpu.writeOperand(0, 2, BigInt(stack.control));
};
const storeStatus: Body = (cpu, stack) => {
  cpu.writeOperand(0, 2, BigInt(stack.status));
};
const loadControl: Body = (cpu, stack) => {
  stack.control = Number(cpu.readOperand(0, 2));
};

/** All exceptions are masked afterwards, so that a handler can compute. */
const storeEnvironment: Body = (cpu, stack) => {
  const unit = imageUnit(cpu);
  storeWide(cpu, FIELDS * unit, environmentImage(cpu), unit);
  stack.maskAll();
};
const restoreEnvironment: Body = (cpu) => {
  const unit = imageUnit(cpu);
  loadEnvironment(cpu, loadWide(cpu, FIELDS * unit, unit));
};

const save: Body = (cpu, stack) => {
  const unit = imageUnit(cpu);
  const bits = BigInt(8 * FIELDS * unit);
  const image = environmentImage(cpu) | (registersImage(cpu.state) << bits);
  storeWide(cpu, FIELDS * unit + REGISTER_BYTES, image, unit);
  stack.initialize();
};
const restore: Body = (cpu) => {
  const unit = imageUnit(cpu);
  const image = loadWide(cpu, FIELDS * unit + REGISTER_BYTES, unit);
  loadEnvironment(cpu, image);
  loadRegisters(cpu.state, image >> BigInt(8 * FIELDS * unit));
};

const operandOf = ({ instruction }: InstructionContext): number => {
  const operand = instruction.operands[0];
  return operand?.kind === 'x87' ? operand.index : 0;
};
const nothing: Body = () => undefined;
const withoutC1 =
  (body: Body): Body =>
  (cpu, stack) => {
    body(cpu, stack);
    stack.status &= ~X87Status.C1;
  };
const free: Body = (cpu, stack) => {
  stack.free(operandOf(cpu));
};
const freeAndPop: Body = (cpu, stack) => {
  stack.free(operandOf(cpu));
  stack.pop();
};
const turn =
  (by: 1 | -1): Body =>
  (_cpu, stack) => {
    stack.top += by;
  };

export const CONTROL: Readonly<Record<string, SlowPath>> = {
  FWAIT: waitForCoprocessor,
  FNINIT: control(false, initialize),
  FINIT: control(true, initialize),
  FNCLEX: control(false, clearExceptions),
  FCLEX: control(true, clearExceptions),
  FNSTCW: control(false, storeControl),
  FSTCW: control(true, storeControl),
  FNSTSW: control(false, storeStatus),
  FSTSW: control(true, storeStatus),
  FLDCW: control(true, loadControl),
  FNSTENV: control(false, storeEnvironment),
  FSTENV: control(true, storeEnvironment),
  FLDENV: control(true, restoreEnvironment),
  FNSAVE: control(false, save),
  FSAVE: control(true, save),
  FRSTOR: control(true, restore),
  FFREE: control(true, withoutC1(free)),
  FFREEP: control(true, withoutC1(freeAndPop)),
  FINCSTP: control(true, withoutC1(turn(1))),
  FDECSTP: control(true, withoutC1(turn(-1))),
  FNOP: control(true, nothing),
  // Without effect since the 80387 (SDM 1 8.3.11, SDM 3B 23.18.9).
  FNENI: control(false, nothing),
  FENI: control(true, nothing),
  FNDISI: control(false, nothing),
  FDISI: control(true, nothing),
  FNSETPM: control(false, nothing),
  FSETPM: control(true, nothing),
};
