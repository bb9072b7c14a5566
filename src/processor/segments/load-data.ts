import { generalProtection, notPresent, stackFault } from '../faults';
import { nullSelector, privilegeMismatch, segmentNotPresent, wrongKind } from '../reasons/segments';
import type { InstructionContext } from '../execution/instruction-context';
import { DS, ES, FS, GS, SS } from '../state/layout';
import {
  dplOf,
  isCode,
  isCodeOrData,
  isConforming,
  isNull,
  isPresent,
  isReadable,
  isUsable,
  isWritableData,
  nullSegment,
  readDescriptor,
  realModeSegment,
  segmentFrom,
  setAccessed,
  withoutRpl,
} from './descriptor';

type Context = Pick<InstructionContext, 'state' | 'mmu' | 'updateDerivedState'>;

/**
 * Loads ES, SS, DS, FS or GS as MOV and POP do (SDM 2B MOV, "Loading a segment register").
 *
 * @throws Fault #GP, #NP or #SS with the selector as error code
 */
export function loadDataSegment(cpu: Context, index: number, selector: number): void {
  const { state } = cpu;
  if (state.realStyleSegments) {
    state.setSegment(index, realModeSegment(state.segment(index), selector, state.virtual8086));
  } else if (index === SS) {
    state.setSegment(SS, stackSegment(cpu, selector));
  } else {
    state.setSegment(index, dataSegment(cpu, selector));
  }
  cpu.updateDerivedState();
}

function stackSegment(cpu: Context, selector: number): ReturnType<typeof segmentFrom> {
  const { state } = cpu;
  const { cpl } = state;
  const error = withoutRpl(selector);
  if (isNull(selector)) {
    if (state.codeBits === 64 && cpl < 3 && (selector & 3) === cpl)
      return nullSegment(selector, cpl);
    throw generalProtection(nullSelector('SS'));
  }
  const found = readDescriptor(state, cpu.mmu, selector);
  const { rights } = found;
  if (!isWritableData(rights)) {
    throw generalProtection(wrongKind(selector, rights, 'writable data', state.longMode), error);
  }
  if ((selector & 3) !== cpl || dplOf(rights) !== cpl) {
    throw generalProtection(privilegeMismatch(selector, dplOf(rights), cpl), error);
  }
  if (!isPresent(rights)) throw stackFault(segmentNotPresent(selector), error);
  return segmentFrom(setAccessed(cpu.mmu, found));
}

function dataSegment(cpu: Context, selector: number): ReturnType<typeof segmentFrom> {
  const { state } = cpu;
  if (isNull(selector)) return nullSegment(selector);
  const error = withoutRpl(selector);
  const found = readDescriptor(state, cpu.mmu, selector);
  const { rights } = found;
  if (!isCodeOrData(rights) || !isReadable(rights)) {
    const reason = wrongKind(selector, rights, 'data or readable code', state.longMode);
    throw generalProtection(reason, error);
  }
  const weakest = Math.max(selector & 3, state.cpl);
  if (!isConforming(rights) && weakest > dplOf(rights)) {
    throw generalProtection(privilegeMismatch(selector, dplOf(rights), state.cpl), error);
  }
  if (!isPresent(rights)) throw notPresent(segmentNotPresent(selector), error);
  return segmentFrom(setAccessed(cpu.mmu, found));
}

/**
 * After a return to an outer ring, data segments that the outer ring may not have become null
 * (SDM 2B RET, "Return to outer privilege level").
 */
export function dropInaccessibleSegments(cpu: Context): void {
  const { state } = cpu;
  for (const index of [ES, DS, FS, GS]) {
    const rights = state.accessRights(index);
    if (!isUsable(rights)) continue;
    const outer = isCode(rights) ? !isConforming(rights) : true;
    if (outer && dplOf(rights) < state.cpl) state.setSegment(index, nullSegment(0));
  }
}
