import { Selector, SystemType } from '../../isa/segments';
import {
  type Fault,
  generalProtection,
  invalidTss,
  notPresent,
  stackFault,
  type FaultMaker,
} from '../faults';
import {
  nullSelector,
  privilegeMismatch,
  segmentNotPresent,
  targetBeyondLimit,
  wrongKind,
} from '../reasons/segments';
import {
  dplOf,
  type FoundDescriptor,
  isCode,
  isCodeOrData,
  isConforming,
  isNull,
  isPresent,
  isReadable,
  isWritableData,
  nullSegment,
  readDescriptor,
  realModeSegment,
  segmentFrom,
  setAccessed,
  typeOf,
  withoutRpl,
} from '../segments/descriptor';
import { CS, DS, ES, FS, GS, LDTR, SS } from '../state/layout';
import type { TaskState } from './tss';
import type { TaskContext } from './task-switch';

/**
 * The segments of a task that has been switched to. What is wrong with them is a fault of the new task:
 * all its other registers are loaded already (SDM 3A 8.3, table 8-1).
 */

/** All selectors at once, nothing behind them yet; the privilege is already that of the new CS. */
export function loadSelectors(cpu: TaskContext, task: TaskState): void {
  const { state } = cpu;
  const cpl = (task.selectors[CS] ?? 0) & Selector.RPL;
  task.selectors.forEach((selector, index) => {
    state.setSegment(index, nullSegment(selector, index === SS ? cpl : 0));
  });
  state.setSegment(LDTR, nullSegment(task.ldt));
}

/** In the order of the manual. @param ext the EXT bit of error codes */
export function loadSegments(cpu: TaskContext, task: TaskState, ext: number): void {
  const { state } = cpu;
  loadLdt(cpu, task.ldt, ext);
  if (state.virtual8086) {
    task.selectors.forEach((selector, index) => {
      state.setSegment(index, realModeSegment(state.segment(index), selector, true));
    });
    cpu.updateDerivedState();
    return;
  }
  const selector = (index: number): number => task.selectors[index] ?? 0;
  state.setSegment(CS, codeSegment(cpu, selector(CS), ext));
  state.setSegment(SS, stackSegment(cpu, selector(SS), selector(CS) & Selector.RPL, ext));
  for (const index of [DS, ES, FS, GS]) {
    state.setSegment(index, dataSegment(cpu, selector(index), ext));
  }
  cpu.updateDerivedState();
  const { limit } = state.segment(CS);
  if (Number(task.eip) > limit) throw generalProtection(targetBeyondLimit(task.eip, limit), ext);
}

function loadLdt(cpu: TaskContext, selector: number, ext: number): void {
  if (isNull(selector)) return;
  const found = descriptorOf(cpu, selector, ext);
  const isLdt = !isCodeOrData(found.rights) && typeOf(found.rights) === SystemType.LDT;
  const inGdt = (selector & Selector.TI) === 0;
  if (!isLdt || !inGdt) refuse(wrongKind(selector, found.rights, 'LDT', false), selector, ext);
  if (!isPresent(found.rights)) refuse(segmentNotPresent(selector), selector, ext);
  cpu.state.setSegment(LDTR, segmentFrom(found));
}

function codeSegment(cpu: TaskContext, selector: number, ext: number) {
  if (isNull(selector)) refuse(nullSelector('CS'), selector, ext);
  const found = descriptorOf(cpu, selector, ext);
  const { rights } = found;
  if (!isCode(rights)) refuse(wrongKind(selector, rights, 'code', false), selector, ext);
  const rpl = selector & Selector.RPL;
  const allowed = isConforming(rights) ? dplOf(rights) <= rpl : dplOf(rights) === rpl;
  if (!allowed) refuse(privilegeMismatch(selector, dplOf(rights), rpl), selector, ext);
  if (!isPresent(rights)) refuse(segmentNotPresent(selector), selector, ext, notPresent);
  return segmentFrom(setAccessed(cpu.mmu, found));
}

function stackSegment(cpu: TaskContext, selector: number, cpl: number, ext: number) {
  if (isNull(selector)) refuse(nullSelector('SS'), selector, ext);
  const found = descriptorOf(cpu, selector, ext);
  const { rights } = found;
  if (!isWritableData(rights)) {
    refuse(wrongKind(selector, rights, 'writable data', false), selector, ext);
  }
  if ((selector & Selector.RPL) !== cpl || dplOf(rights) !== cpl) {
    refuse(privilegeMismatch(selector, dplOf(rights), cpl), selector, ext);
  }
  if (!isPresent(rights)) refuse(segmentNotPresent(selector), selector, ext, stackFault);
  return segmentFrom(setAccessed(cpu.mmu, found));
}

function dataSegment(cpu: TaskContext, selector: number, ext: number) {
  if (isNull(selector)) return nullSegment(selector);
  const { cpl } = cpu.state;
  const found = descriptorOf(cpu, selector, ext);
  const { rights } = found;
  if (!isCodeOrData(rights) || !isReadable(rights)) {
    refuse(wrongKind(selector, rights, 'data or readable code', false), selector, ext);
  }
  const weakest = Math.max(selector & Selector.RPL, cpl);
  if (!isConforming(rights) && weakest > dplOf(rights)) {
    refuse(privilegeMismatch(selector, dplOf(rights), cpl), selector, ext);
  }
  if (!isPresent(rights)) refuse(segmentNotPresent(selector), selector, ext, notPresent);
  return segmentFrom(setAccessed(cpu.mmu, found));
}

const descriptorOf = (cpu: TaskContext, selector: number, ext: number): FoundDescriptor =>
  readDescriptor(cpu.state, cpu.mmu, selector, (reason, code) => invalidTss(reason, code | ext));

function refuse(
  reason: Fault['reason'],
  selector: number,
  ext: number,
  maker: FaultMaker = invalidTss,
): never {
  throw maker(reason, withoutRpl(selector) | ext);
}
