import { Vector } from '../../isa/exceptions';
import { WideCr0 } from '../../isa/registers/control';
import { Dr6, LOCAL_ENABLES } from '../../isa/registers/debug';
import { RFLAGS_FIXED, RFLAGS_WRITABLE, WideRflags } from '../../isa/registers/flags';
import { SystemType, TSS_BUSY, Selector } from '../../isa/segments';
import { Fault, generalProtection, invalidTss, notPresent } from '../faults';
import type { InstructionContext } from '../execution/instruction-context';
import { notInGdt, nullSelector, segmentNotPresent, wrongKind } from '../reasons/segments';
import { taskTrap, tssTooSmall } from '../reasons/tasks';
import {
  type FoundDescriptor,
  isCodeOrData,
  isNull,
  isPresent,
  readDescriptor,
  segmentFrom,
  typeOf,
  withoutRpl,
} from '../segments/descriptor';
import { TR } from '../state/layout';
import { loadTaskCr3 } from '../system/control-registers';
import { loadSegments, loadSelectors } from './new-task';
import { layoutOf, PREVIOUS_TASK, readTss, requireWritable, writeTss } from './tss';

/** The hardware task switch (SDM 3A 8.3). There is none in IA-32e mode. */

/** What of the processor a task switch needs. */
export type TaskContext = Pick<
  InstructionContext,
  'state' | 'mmu' | 'physical' | 'guestMode' | 'updateDerivedState' | 'flushTlb'
>;

/** In the order in which a VM exit numbers them (SDM 3C table 28-2). */
export type TaskSource = 'call' | 'iret' | 'jmp' | 'gate';

export interface TaskSwitch {
  readonly source: TaskSource;
  /** Of the new task's TSS. */
  readonly selector: number;
  /** Where the old task goes on when it is switched back to, and its flags. */
  readonly returnRip: bigint;
  readonly flags: bigint;
  /** The EXT bit of error codes. */
  readonly ext?: number;
}

const WIDE_TYPE = 8;
const isWide = (rights: number): boolean => (rights & WIDE_TYPE) !== 0;

/**
 * @returns whether guest mode was left instead
 * @throws Fault before anything has changed, or in the new task
 */
export function switchTask(cpu: TaskContext, how: TaskSwitch): boolean {
  const { state, mmu } = cpu;
  const { source, selector, ext = 0 } = how;
  const found = newTss(cpu, selector, source, ext);
  if (cpu.guestMode.taskSwitch(selector, source, how.flags)) return true;
  const old = state.segment(TR);
  const entered = segmentFrom(found);
  const task = readTss(mmu, entered.base, isWide(found.rights));
  const nests = source === 'call' || source === 'gate';
  if (nests) requireWritable(mmu, entered.base + BigInt(PREVIOUS_TASK));

  saveTask(cpu, how);
  if (!nests) setBusy(cpu, old.selector, false);
  if (nests) mmu.storeSystem(entered.base + BigInt(PREVIOUS_TASK), 2, BigInt(old.selector));
  if (source !== 'iret') setBusy(cpu, selector, true);

  state.setSegment(TR, { ...entered, accessRights: entered.accessRights | TSS_BUSY });
  state.cr0 |= WideCr0.TS;
  state.dr[7] = (state.dr[7] ?? 0n) & ~LOCAL_ENABLES;
  if (task.cr3 !== undefined && state.paging) loadTaskCr3(cpu, task.cr3);
  const kept = task.cr3 === undefined ? 0xffff_0000n : 0n; // a TSS of 16 bits has halves of registers
  task.gprs.forEach((value, index) => {
    state.setGpr(index, (state.gpr(index) & kept) | value);
  });
  const nested = nests ? WideRflags.NT : 0n;
  state.rflags = (task.eflags & RFLAGS_WRITABLE) | RFLAGS_FIXED | nested;
  state.loadsRf = true;
  state.rip = task.eip;
  state.nextRip = task.eip;
  loadSelectors(cpu, task);
  cpu.updateDerivedState();
  inNewTask(() => {
    loadSegments(cpu, task, ext);
    if (task.trap) throw new Fault(Vector.DB, taskTrap(selector), undefined, undefined, Dr6.BT);
  });
  return false;
}

/** What is raised belongs to the new task. */
function inNewTask(load: () => void): void {
  try {
    load();
  } catch (thrown) {
    if (thrown instanceof Fault) thrown.late = true;
    throw thrown;
  }
}

/** The descriptor of the new task's TSS, checked (table 8-1). */
function newTss(
  cpu: TaskContext,
  selector: number,
  source: TaskSource,
  ext: number,
): FoundDescriptor {
  const returns = source === 'iret';
  const maker = returns ? invalidTss : generalProtection;
  const error = withoutRpl(selector) | ext;
  if (isNull(selector)) throw maker(nullSelector('TR'), error);
  if (selector & Selector.TI) throw maker(notInGdt(selector), error);
  const found = readDescriptor(cpu.state, cpu.mmu, selector, (reason, code) =>
    maker(reason, code | ext),
  );
  const { rights } = found;
  const types: readonly number[] = returns
    ? [SystemType.TSS_BUSY, SystemType.TSS16_BUSY]
    : [SystemType.TSS_AVAILABLE, SystemType.TSS16_AVAILABLE];
  if (isCodeOrData(rights) || !types.includes(typeOf(rights))) {
    const wanted = returns ? 'busy TSS' : 'available TSS';
    throw maker(wrongKind(selector, rights, wanted, false), error);
  }
  if (!isPresent(rights)) throw notPresent(segmentNotPresent(selector), error);
  const { limit } = segmentFrom(found);
  const smallest = layoutOf(isWide(rights)).limit;
  if (limit < smallest) throw invalidTss(tssTooSmall(selector, limit, smallest), error);
  return found;
}

/** The old task's registers go into its TSS. */
function saveTask(cpu: TaskContext, { source, returnRip, flags }: TaskSwitch): void {
  const { state, mmu } = cpu;
  const tr = state.segment(TR);
  writeTss(mmu, tr.base, isWide(tr.accessRights), {
    eip: returnRip,
    eflags: source === 'iret' ? flags & ~WideRflags.NT : flags,
    gprs: Array.from({ length: 8 }, (_, index) => state.gpr(index)),
    selectors: Array.from({ length: 6 }, (_, index) => state.selector(index)),
  });
}

function setBusy({ state, mmu }: TaskContext, selector: number, busy: boolean): void {
  const at = state.gdtr.base + BigInt(withoutRpl(selector) + 5);
  const rights = Number(mmu.loadSystem(at, 1));
  mmu.storeSystem(at, 1, BigInt(busy ? rights | TSS_BUSY : rights & ~TSS_BUSY));
}
