import { AccessRights } from '../../isa/access-rights';
import { SystemType, decodeDescriptor, type GateDescriptor } from '../../isa/segments';
import { Fault, generalProtection, invalidTss, notPresent, stackFault } from '../faults';
import {
  beyondIdt,
  gateTooPrivileged,
  handlerBeyondLimit,
  idtGateNotPresent,
  noGate,
  notToRing0,
  stackBeyondTss,
  stackFromTss,
  stackFull,
  wrongStack,
} from '../reasons/events';
import { remarked } from '../reasons/reason';
import { nullSelector, privilegeMismatch, segmentNotPresent, wrongKind } from '../reasons/segments';
import { CS, DS, ES, FS, GS, SS, State, TR } from '../state/layout';
import {
  dplOf,
  type FoundDescriptor,
  isCode,
  isConforming,
  isExpandDown,
  isNull,
  isPresent,
  isWritableData,
  nullSegment,
  readDescriptor,
  segmentFrom,
  setAccessed,
  withoutRpl,
} from '../segments/descriptor';
import type { CpuState, SegmentRegister } from '../state/cpu-state';
import { switchTask } from '../tasks/task-switch';
import type { DeliveryContext } from './deliver';
import { clearFlags, flagsImage } from './flags';
import { externalBit, type InterruptEvent } from './event';

const INTERRUPT_GATES: readonly number[] = [SystemType.INTERRUPT_GATE, SystemType.INTERRUPT_GATE16];
/** What an IDT may hold outside IA-32e mode (SDM 3A 6.11). */
const GATES: readonly number[] = [
  ...INTERRUPT_GATES,
  SystemType.TRAP_GATE,
  SystemType.TRAP_GATE16,
  SystemType.TASK_GATE,
];

/**
 * Reads the gate of a vector, which must be of one of the types. Error codes name the IDT (bit 1) and
 * the event's EXT bit.
 */
export function readGate(
  cpu: DeliveryContext,
  event: InterruptEvent,
  bytes: 8 | 16,
  types: readonly number[],
): GateDescriptor {
  const { state, mmu } = cpu;
  const error = event.vector * 8 + 2 + externalBit(event);
  const offset = event.vector * bytes;
  const { vector } = event;
  if (offset + bytes - 1 > state.idtr.limit) {
    throw generalProtection(beyondIdt(state, vector), error);
  }
  const address = state.idtr.base + BigInt(offset);
  const low = mmu.loadSystem(address, 8);
  const high = bytes === 16 ? mmu.loadSystem(address + 8n, 8) : 0n;
  const gate = decodeDescriptor(low, high, bytes === 16);
  if (gate.kind !== 'gate' || !types.includes(gate.type)) {
    throw generalProtection(noGate(state, vector, low, gate.typeName), error);
  }
  const software = event.kind === 'software-interrupt' || event.kind === 'software-exception';
  if (software && gate.dpl < state.cpl) {
    throw generalProtection(gateTooPrivileged(vector, gate.dpl, state.cpl), error);
  }
  if (!gate.present) throw notPresent(idtGateNotPresent(vector), error);
  return gate;
}

/** The code segment that a gate leads to, checked; tells whether the privilege changes. */
export function gateTarget(
  cpu: DeliveryContext,
  gate: GateDescriptor,
  event: InterruptEvent,
): { code: FoundDescriptor; inner: boolean } {
  const ext = externalBit(event);
  const error = withoutRpl(gate.selector) | ext;
  const { state, mmu } = cpu;
  const { selector } = gate;
  if (isNull(selector)) throw generalProtection(nullSelector('CS'), ext);
  const code = readDescriptor(state, mmu, selector, (reason, code) =>
    generalProtection(reason, code | ext),
  );
  const { rights } = code;
  const dpl = dplOf(rights);
  if (!isCode(rights)) {
    throw generalProtection(wrongKind(selector, rights, 'code', state.longMode), error);
  }
  if (dpl > state.cpl) {
    throw generalProtection(privilegeMismatch(selector, dpl, state.cpl), error);
  }
  if (!isPresent(rights)) throw notPresent(segmentNotPresent(selector), error);
  return { code, inner: !isConforming(rights) && dpl < state.cpl };
}

/** Protected mode outside IA-32e mode (SDM 3A 6.12.1). */
export function deliverThroughIdt(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state } = cpu;
  const gate = readGate(cpu, event, 8, GATES);
  if (gate.type === SystemType.TASK_GATE) {
    deliverToTask(cpu, gate.selector, event);
    return;
  }
  const wide = gate.type === SystemType.INTERRUPT_GATE || gate.type === SystemType.TRAP_GATE;
  const interruptGate = INTERRUPT_GATES.includes(gate.type);
  const { code, inner } = gateTarget(cpu, gate, event);
  const target = segmentFrom(code, (code.selector & ~3) | (inner ? dplOf(code.rights) : state.cpl));
  if (Number(gate.offset) > target.limit) {
    throw generalProtection(handlerBeyondLimit(gate.offset, target.limit), externalBit(event));
  }
  const flags = state.rflags;
  if (state.virtual8086 && (!inner || dplOf(code.rights) !== 0)) {
    throw generalProtection(
      notToRing0(code.selector),
      withoutRpl(code.selector) | externalBit(event),
    );
  }

  const stack = inner ? innerStack(cpu, dplOf(code.rights), event) : currentStack(state);
  const frame = new StackFrame(cpu, stack, {
    bytes: wide ? 4 : 2,
    privilege: inner ? dplOf(code.rights) : state.cpl,
    fullError: (inner ? withoutRpl(stack.register.selector) : 0) | externalBit(event),
  });
  if (state.virtual8086)
    for (const index of [GS, FS, DS, ES]) frame.push(BigInt(state.selector(index)));
  if (inner) {
    frame.push(BigInt(state.selector(SS)));
    frame.push(state.gpr(4));
  }
  frame.push(flagsImage(flags, event));
  frame.push(BigInt(state.selector(CS)));
  frame.push(event.returnRip);
  if (event.errorCode !== undefined) frame.push(BigInt(event.errorCode));

  setAccessed(cpu.mmu, code);
  if (state.virtual8086)
    for (const index of [GS, FS, DS, ES]) state.setSegment(index, nullSegment(0));
  state.systemFlags = clearFlags(flags, interruptGate);
  if (inner) state.setSegment(SS, stack.register);
  frame.commit();
  state.setSegment(CS, { ...target, accessRights: target.accessRights | 1 });
  state.rip = gate.offset;
  cpu.updateDerivedState();
}

/** The handler is a task of its own; an error code is the first value on its stack (SDM 3A 6.12.2). */
function deliverToTask(cpu: DeliveryContext, selector: number, event: InterruptEvent): void {
  const { state } = cpu;
  const { returnRip, errorCode } = event;
  const ext = externalBit(event);
  const flags = flagsImage(state.rflags, event);
  if (switchTask(cpu, { source: 'gate', selector, returnRip, flags, ext })) return;
  if (errorCode === undefined) return;
  const wide = (state.accessRights(TR) & 8) !== 0;
  const bytes = wide ? 4 : 2;
  const options = { bytes, privilege: state.cpl, fullError: ext } as const;
  const frame = new StackFrame(cpu, currentStack(state), options);
  frame.push(BigInt(errorCode));
  frame.commit();
}

/** How values come to a stack. */
interface FrameOptions {
  readonly bytes: 2 | 4;
  readonly privilege: number;
  /** The error code of #SS where there is no room: it names a new stack (SDM 2A CALL, INT n). */
  readonly fullError: number;
}

interface Stack {
  readonly register: SegmentRegister;
  readonly pointer: bigint;
  /** Where the pointer came from, in words, if not from ESP. */
  readonly origin?: () => string;
}

export function currentStack(state: CpuState): Stack {
  return { register: state.segment(SS), pointer: state.gpr(4) };
}

/** SS and ESP for a privilege level, from the TSS (SDM 3A 6.12.1). */
export function innerStack(
  cpu: DeliveryContext,
  dpl: number,
  event: InterruptEvent | undefined,
): Stack {
  const { state, mmu } = cpu;
  const ext = event ? externalBit(event) : 0;
  const tr = state.segment(TR);
  const wide = (tr.accessRights & 8) !== 0;
  const offset = wide ? 4 + dpl * 8 : 2 + dpl * 4;
  if (offset + (wide ? 5 : 3) > tr.limit) {
    throw invalidTss(stackBeyondTss(state, offset), withoutRpl(tr.selector) | ext);
  }
  const pointer = mmu.loadSystem(tr.base + BigInt(offset), wide ? 4 : 2);
  const selector = Number(mmu.loadSystem(tr.base + BigInt(offset + (wide ? 4 : 2)), 2));
  const error = withoutRpl(selector) | ext;
  const origin = stackFromTss(state, offset, pointer);
  if (isNull(selector)) throw invalidTss(remarked(nullSelector('SS'), origin), ext);
  const found = readDescriptor(state, mmu, selector, (reason, code) =>
    invalidTss(remarked(reason, origin), code | ext),
  );
  if ((selector & 3) !== dpl || dplOf(found.rights) !== dpl || !isWritableData(found.rights)) {
    throw invalidTss(remarked(wrongStack(selector, dplOf(found.rights), dpl), origin), error);
  }
  if (!isPresent(found.rights)) {
    throw stackFault(remarked(segmentNotPresent(selector), origin), error);
  }
  return { register: segmentFrom(setAccessed(mmu, found)), pointer, origin };
}

/** Values on their way to a stack that is not in use yet: nothing changes in the processor until `commit`. */
export class StackFrame {
  private pointer: bigint;
  private readonly mask: bigint;

  constructor(
    private readonly cpu: DeliveryContext,
    private readonly stack: Stack,
    private readonly options: FrameOptions,
  ) {
    this.pointer = stack.pointer;
    this.mask = stack.register.accessRights & (1 << 14) ? 0xffffffffn : 0xffffn;
  }

  push(value: bigint): void {
    const { state, mmu } = this.cpu;
    const { bytes, privilege, fullError } = this.options;
    this.pointer = (this.pointer & ~this.mask) | ((this.pointer - BigInt(bytes)) & this.mask);
    const offset = this.pointer & this.mask;
    const { register, origin } = this.stack;
    const linear = (register.base + offset) & state.slot(State.LINEAR_MASK);
    const access = { write: true, execute: false, user: privilege === 3 };
    explained(origin, () => {
      if (!withinStack(register, Number(offset), bytes)) {
        throw stackFault(stackFull(offset, register.limit), fullError);
      }
      mmu.write(linear, bytes, value & ((1n << BigInt(8 * bytes)) - 1n), access);
    });
  }

  commit(): void {
    this.cpu.state.setGpr(4, this.pointer);
  }
}

/** Does something with a stack; what it raises tells where the stack's pointer came from. */
export function explained(origin: (() => string) | undefined, action: () => void): void {
  try {
    action();
  } catch (thrown) {
    if (!(thrown instanceof Fault) || !origin) throw thrown;
    throw thrown.because(remarked(thrown.reason, origin));
  }
}

/** Limit check of a push, for ordinary and expand-down stacks (SDM 3A 5.3). */
function withinStack(register: SegmentRegister, offset: number, bytes: number): boolean {
  const top = register.accessRights & AccessRights.DB ? 0xffffffff : 0xffff;
  if (isExpandDown(register.accessRights))
    return offset > register.limit && offset + bytes - 1 <= top;
  return offset + bytes - 1 <= register.limit;
}
