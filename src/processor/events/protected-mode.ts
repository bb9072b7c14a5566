import { AccessRights } from '../../isa/access-rights';
import { SystemType, decodeDescriptor, type GateDescriptor } from '../../isa/segments';
import { NotImplemented, generalProtection, invalidTss, notPresent, stackFault } from '../faults';
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
  if (offset + bytes - 1 > state.idtr.limit) throw generalProtection(error);
  const address = state.idtr.base + BigInt(offset);
  const low = mmu.loadSystem(address, 8);
  const high = bytes === 16 ? mmu.loadSystem(address + 8n, 8) : 0n;
  const gate = decodeDescriptor(low, high, bytes === 16);
  if (gate.kind !== 'gate' || !types.includes(gate.type)) throw generalProtection(error);
  const software = event.kind === 'software-interrupt' || event.kind === 'software-exception';
  if (software && gate.dpl < state.cpl) throw generalProtection(error);
  if (!gate.present) throw notPresent(error);
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
  if (isNull(gate.selector)) throw generalProtection(ext);
  const code = readDescriptor(cpu.state, cpu.mmu, gate.selector, (e) => generalProtection(e | ext));
  const dpl = dplOf(code.rights);
  if (!isCode(code.rights) || dpl > cpu.state.cpl) throw generalProtection(error);
  if (!isPresent(code.rights)) throw notPresent(error);
  return { code, inner: !isConforming(code.rights) && dpl < cpu.state.cpl };
}

/** Protected mode outside IA-32e mode (SDM 3A 6.12.1). */
export function deliverThroughIdt(cpu: DeliveryContext, event: InterruptEvent): void {
  const { state } = cpu;
  const gate = readGate(cpu, event, 8, GATES);
  if (gate.type === SystemType.TASK_GATE) throw new NotImplemented('task gate in the IDT');
  const wide = gate.type === SystemType.INTERRUPT_GATE || gate.type === SystemType.TRAP_GATE;
  const interruptGate = INTERRUPT_GATES.includes(gate.type);
  const { code, inner } = gateTarget(cpu, gate, event);
  const target = segmentFrom(code, (code.selector & ~3) | (inner ? dplOf(code.rights) : state.cpl));
  if (Number(gate.offset) > target.limit) throw generalProtection(externalBit(event));
  const flags = state.rflags;
  if (state.virtual8086 && (!inner || dplOf(code.rights) !== 0)) {
    throw generalProtection(withoutRpl(code.selector) | externalBit(event));
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
  state.rip = wide ? gate.offset : gate.offset & 0xffffn;
  cpu.updateDerivedState();
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
  if (offset + (wide ? 5 : 3) > tr.limit) throw invalidTss(withoutRpl(tr.selector) | ext);
  const pointer = mmu.loadSystem(tr.base + BigInt(offset), wide ? 4 : 2);
  const selector = Number(mmu.loadSystem(tr.base + BigInt(offset + (wide ? 4 : 2)), 2));
  const error = withoutRpl(selector) | ext;
  if (isNull(selector)) throw invalidTss(ext);
  const found = readDescriptor(state, mmu, selector, (e) => invalidTss(e | ext));
  if ((selector & 3) !== dpl || dplOf(found.rights) !== dpl || !isWritableData(found.rights)) {
    throw invalidTss(error);
  }
  if (!isPresent(found.rights)) throw stackFault(error);
  return { register: segmentFrom(setAccessed(mmu, found)), pointer };
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
    if (!withinStack(this.stack.register, Number(offset), bytes)) throw stackFault(fullError);
    const linear = (this.stack.register.base + offset) & state.slot(State.LINEAR_MASK);
    const access = { write: true, execute: false, user: privilege === 3 };
    mmu.write(linear, bytes, value & ((1n << BigInt(8 * bytes)) - 1n), access);
  }

  commit(): void {
    this.cpu.state.setGpr(4, this.pointer);
  }
}

/** Limit check of a push, for ordinary and expand-down stacks (SDM 3A 5.3). */
function withinStack(register: SegmentRegister, offset: number, bytes: number): boolean {
  const top = register.accessRights & AccessRights.DB ? 0xffffffff : 0xffff;
  if (isExpandDown(register.accessRights))
    return offset > register.limit && offset + bytes - 1 <= top;
  return offset + bytes - 1 <= register.limit;
}
