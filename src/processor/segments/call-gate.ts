import { AccessRights } from '../../isa/access-rights';
import { SystemType, decodeDescriptor, type GateDescriptor } from '../../isa/segments';
import { StackFrame, currentStack, innerStack } from '../events/protected-mode';
import { generalProtection, invalidTss, notPresent, stackFault } from '../faults';
import { stackBeyondTss } from '../reasons/events';
import { addressNotCanonical, notCanonical } from '../reasons/memory';
import {
  badUpperHalf,
  beyondTable,
  gateNotPresent,
  gatePrivilege,
  jumpChangesRing,
  notLongCode,
  nullSelector,
  privilegeMismatch,
  segmentNotPresent,
  targetBeyondLimit,
  wrongKind,
} from '../reasons/segments';
import type { InstructionContext } from '../execution/instruction-context';
import { CS, SS, TR } from '../state/layout';
import { isCanonical } from '../paging/mmu';
import type { CpuState } from '../state/cpu-state';
import {
  descriptorAddress,
  dplOf,
  type FoundDescriptor,
  isCode,
  isCodeOrData,
  isConforming,
  isNull,
  isPresent,
  nullSegment,
  readDescriptor,
  segmentFrom,
  setAccessed,
  typeOf,
  withoutRpl,
} from './descriptor';

/** Call gates: how a far CALL or JMP comes to code of an inner ring (SDM 3A 5.8.3 to 5.8.5). */

const { L, DB } = AccessRights;

const TASKS: readonly number[] = [
  SystemType.TSS16_AVAILABLE,
  SystemType.TASK_GATE,
  SystemType.TSS_AVAILABLE,
];

/**
 * What the selector of a far CALL or JMP names when it is no code segment.
 *
 * @returns the selector of a TSS for a task, undefined for a selector that names code or nothing at all
 * @throws Fault #GP or #NP for gates that may not be used, and for other system segments
 */
export function gateOrTask(
  cpu: InstructionContext,
  selector: number,
): GateDescriptor | { readonly task: number } | undefined {
  const { state, mmu } = cpu;
  if (state.realStyleSegments || isNull(selector)) return undefined;
  const { rights, low, address } = readDescriptor(state, mmu, selector);
  if (isCodeOrData(rights)) return undefined;
  const error = withoutRpl(selector);
  const type = typeOf(rights);
  if (TASKS.includes(type) && !state.longMode)
    return { task: taskOf(state, selector, rights, low) };
  const narrow = type === SystemType.CALL_GATE16 && !state.longMode;
  if (type !== SystemType.CALL_GATE && !narrow) {
    throw generalProtection(wrongKind(selector, rights, 'code or gate', state.longMode), error);
  }
  const gate = decodeDescriptor(low, upperHalf(cpu, selector, address), state.longMode);
  if (gate.kind !== 'gate') throw new Error('a call gate decodes to a gate');
  if (gate.dpl < state.cpl || gate.dpl < (selector & 3)) {
    throw generalProtection(gatePrivilege(selector, gate.dpl, state.cpl), error);
  }
  if (!gate.present) throw notPresent(gateNotPresent(selector), error);
  return gate;
}

/** The TSS that a selector names, or that its task gate leads to (SDM 3A 8.2.5, 8.3). */
function taskOf(state: CpuState, selector: number, rights: number, low: bigint): number {
  const dpl = dplOf(rights);
  const error = withoutRpl(selector);
  if (dpl < state.cpl || dpl < (selector & 3)) {
    throw generalProtection(gatePrivilege(selector, dpl, state.cpl), error);
  }
  if (typeOf(rights) !== SystemType.TASK_GATE) return selector;
  if (!isPresent(rights)) throw notPresent(gateNotPresent(selector), error);
  return Number((low >> 16n) & 0xffffn);
}

/** In IA-32e mode gates have 16 bytes, and the type in the upper eight is 0 (SDM 3A figure 5-9). */
function upperHalf(cpu: InstructionContext, selector: number, address: bigint): bigint {
  const { state, mmu } = cpu;
  if (!state.longMode) return 0n;
  const error = withoutRpl(selector);
  if (descriptorAddress(state, selector, 16) === undefined) {
    throw generalProtection(beyondTable(state, selector), error);
  }
  const high = mmu.loadSystem(address + 8n, 8);
  if ((high >> 40n) & 0x1fn) throw generalProtection(badUpperHalf(selector), error);
  return high;
}

/** @returns the RIP to go on at, of a far JMP through a gate: the privilege stays */
export function jumpThroughGate(cpu: InstructionContext, gate: GateDescriptor): bigint {
  const { state } = cpu;
  const code = codeOf(cpu, gate);
  if (!isConforming(code.rights) && dplOf(code.rights) !== state.cpl) {
    const reason = jumpChangesRing(gate.selector, dplOf(code.rights), state.cpl);
    throw generalProtection(reason, withoutRpl(gate.selector));
  }
  enter(cpu, gate, code, state.cpl);
  return gate.offset;
}

/** @returns the RIP to go on at, of a far CALL through a gate, which may lead to an inner ring */
export function callThroughGate(cpu: InstructionContext, gate: GateDescriptor): bigint {
  const { state } = cpu;
  const code = codeOf(cpu, gate);
  const dpl = dplOf(code.rights);
  const inner = !isConforming(code.rights) && dpl < state.cpl;
  const privilege = inner ? dpl : state.cpl;
  if (state.longMode) callLong(cpu, gate, code, inner, privilege);
  else callProtected(cpu, gate, code, inner, privilege);
  return gate.offset;
}

/** The code segment that the gate leads to, checked (SDM 3A 5.8.4). */
function codeOf(cpu: InstructionContext, gate: GateDescriptor): FoundDescriptor {
  const { state, mmu } = cpu;
  if (isNull(gate.selector)) throw generalProtection(nullSelector('CS'));
  const code = readDescriptor(state, mmu, gate.selector);
  const { rights } = code;
  const error = withoutRpl(gate.selector);
  if (!isCode(rights)) {
    throw generalProtection(wrongKind(gate.selector, rights, 'code', state.longMode), error);
  }
  if (dplOf(rights) > state.cpl) {
    throw generalProtection(privilegeMismatch(gate.selector, dplOf(rights), state.cpl), error);
  }
  if (state.longMode && (!(rights & L) || rights & DB)) {
    throw generalProtection(notLongCode(gate.selector), error);
  }
  if (!isPresent(rights)) throw notPresent(segmentNotPresent(gate.selector), error);
  requireReachable(state, gate, segmentFrom(code).limit);
  return code;
}

function requireReachable(state: CpuState, { offset }: GateDescriptor, limit: number): void {
  if (state.longMode) {
    if (!isCanonical(offset, state)) throw generalProtection(notCanonical('RIP', offset));
  } else if (Number(offset) > limit) {
    throw generalProtection(targetBeyondLimit(offset, limit));
  }
}

/** An inner ring has a stack of its own, to which the parameters are copied (SDM 3A 5.8.5). */
function callProtected(
  cpu: InstructionContext,
  gate: GateDescriptor,
  code: FoundDescriptor,
  inner: boolean,
  privilege: number,
): void {
  const { state } = cpu;
  const bytes = gate.type === SystemType.CALL_GATE ? 4 : 2;
  const parameters = inner ? parametersOf(cpu, gate.parameters, bytes) : [];
  const stack = inner ? innerStack(cpu, privilege, undefined) : currentStack(state);
  const fullError = inner ? withoutRpl(stack.register.selector) : 0;
  const frame = new StackFrame(cpu, stack, { bytes, privilege, fullError });
  if (inner) {
    frame.push(BigInt(state.selector(SS)));
    frame.push(state.gpr(4));
    for (const parameter of parameters) frame.push(parameter);
  }
  frame.push(BigInt(state.selector(CS)));
  frame.push(cpu.nextRip);
  if (inner) state.setSegment(SS, stack.register);
  frame.commit();
  enter(cpu, gate, code, privilege);
}

/** The caller's pushes, the first one first. */
function parametersOf(cpu: InstructionContext, count: number, bytes: 2 | 4): bigint[] {
  const rsp = cpu.state.gpr(4);
  const parameters = Array.from({ length: count }, () => cpu.pop(bytes)).reverse();
  cpu.state.setGpr(4, rsp);
  return parameters;
}

/** IA-32e mode: no parameters, values of 64 bits, and a null selector for the inner stack (SDM 3A 5.8.5.1). */
function callLong(
  cpu: InstructionContext,
  gate: GateDescriptor,
  code: FoundDescriptor,
  inner: boolean,
  privilege: number,
): void {
  const { state, mmu } = cpu;
  const caller = [BigInt(state.selector(CS)), cpu.nextRip];
  const values = inner ? [BigInt(state.selector(SS)), state.gpr(4), ...caller] : caller;
  let pointer = inner ? innerPointer(cpu, privilege) : state.gpr(4);
  const access = { write: true, execute: false, user: privilege === 3 };
  for (const value of values) {
    pointer = (pointer - 8n) & 0xffffffffffffffffn;
    if (!isCanonical(pointer, state)) throw stackFault(addressNotCanonical(pointer));
    mmu.write(pointer, 8, value, access);
  }
  if (inner) state.setSegment(SS, nullSegment(privilege, privilege));
  state.setGpr(4, pointer);
  enter(cpu, gate, code, privilege);
}

function innerPointer(cpu: InstructionContext, privilege: number): bigint {
  const tr = cpu.state.segment(TR);
  const offset = 4 + privilege * 8;
  if (offset + 7 > tr.limit) {
    throw invalidTss(stackBeyondTss(cpu.state, offset), withoutRpl(tr.selector));
  }
  return cpu.mmu.loadSystem(tr.base + BigInt(offset), 8);
}

function enter(
  cpu: InstructionContext,
  gate: GateDescriptor,
  code: FoundDescriptor,
  privilege: number,
): void {
  const found = setAccessed(cpu.mmu, code);
  cpu.state.setSegment(CS, segmentFrom(found, (gate.selector & ~3) | privilege));
  cpu.updateDerivedState();
}
