import { Rflags } from '../../isa/registers/flags';
import { SystemType, TSS_BUSY } from '../../isa/segments';
import { generalProtection, notPresent, undefinedOpcode } from '../faults';
import { notInRealMode } from '../reasons/instructions';
import { notCanonical } from '../reasons/memory';
import {
  badUpperHalf,
  beyondTable,
  notInGdt,
  nullSelector,
  segmentNotPresent,
  wrongKind,
} from '../reasons/segments';
import type { InstructionContext } from '../execution/instruction-context';
import { SEG_NAMES } from '../../isa/registers/segment';
import type { TableOrigin } from '../reasons/tables';
import { CS, LDTR, SEGMENT_SIZE, State, TR, segmentSlot } from '../state/layout';
import {
  descriptorAddress,
  dplOf,
  isCode,
  isCodeOrData,
  isConforming,
  isNull,
  isPresent,
  isReadable,
  isWritableData,
  nullSegment,
  readDescriptor,
  segmentFrom,
  typeOf,
  withoutRpl,
} from '../segments/descriptor';
import { isCanonical } from '../paging/mmu';
import type { SlowPath } from '../semantics/slow-path';
import { requireUmip } from './control-registers';

/** LGDT, LIDT, SGDT, SIDT, LLDT, LTR, SLDT, STR, LAR, LSL, VERR, VERW (SDM 2). */

function loadTable(which: 'gdtr' | 'idtr'): SlowPath {
  return (cpu) => {
    cpu.requirePrivilege(0);
    if (cpu.guestMode.descriptorTable(which === 'gdtr' ? 'LGDT' : 'LIDT')) return 'left';
    const { state, instruction } = cpu;
    const segment = cpu.operandSegment();
    const at = cpu.effectiveAddress();
    const limit = Number(cpu.load(segment, at, 2));
    const wide = state.codeBits === 64;
    const raw = cpu.load(segment, at + 2n, wide ? 8 : 4);
    const base = !wide && instruction.operandSize === 2 ? raw & 0xffffffn : raw;
    if (wide && !isCanonical(base, state)) {
      throw generalProtection(notCanonical(which.toUpperCase(), base));
    }
    state[which] = { base, limit };
    state.tableOrigins[which] = { ...tableOrigin(cpu), base, limit };
    return undefined;
  };
}

/** Where the value was read from, for whoever wonders about it later. */
function tableOrigin(cpu: InstructionContext): Omit<TableOrigin, 'base' | 'limit'> {
  const { state } = cpu;
  const index = (cpu.operandSegment() - segmentSlot(0)) / SEGMENT_SIZE;
  const at = (state.segment(CS).base + state.rip) & state.slot(State.LINEAR_MASK);
  const selector = state.selector(index);
  return { at, from: cpu.linearOperand(), segment: SEG_NAMES[index] ?? '', selector };
}

export const loadGdtr = loadTable('gdtr');
export const loadIdtr = loadTable('idtr');

function storeTable(which: 'gdtr' | 'idtr'): SlowPath {
  return (cpu) => {
    requireUmip(cpu);
    if (cpu.guestMode.descriptorTable(which === 'gdtr' ? 'SGDT' : 'SIDT')) return 'left';
    const { state } = cpu;
    const { base, limit } = state[which];
    const segment = cpu.operandSegment();
    const at = cpu.effectiveAddress();
    const bytes = state.codeBits === 64 ? 8 : 4;
    cpu.store(segment, at + 2n, bytes, bytes === 4 ? base & 0xffffffffn : base);
    cpu.store(segment, at, 2, BigInt(limit));
    return 'continue';
  };
}
export const storeGdtr = storeTable('gdtr');
export const storeIdtr = storeTable('idtr');

function requireProtected(cpu: InstructionContext): void {
  const { realStyleSegments, virtual8086 } = cpu.state;
  if (realStyleSegments) throw undefinedOpcode(notInRealMode(virtual8086));
}

export const loadLdtr: SlowPath = (cpu) => {
  requireProtected(cpu);
  cpu.requirePrivilege(0);
  if (cpu.guestMode.descriptorTable('LLDT')) return 'left';
  const selector = Number(cpu.readOperand(0, 2));
  if (isNull(selector)) {
    cpu.state.setSegment(LDTR, nullSegment(selector));
    return undefined;
  }
  cpu.state.setSegment(LDTR, systemSegment(cpu, selector, 'LDT', [SystemType.LDT]));
  return undefined;
};

export const loadTaskRegister: SlowPath = (cpu) => {
  requireProtected(cpu);
  cpu.requirePrivilege(0);
  if (cpu.guestMode.descriptorTable('LTR')) return 'left';
  const { state } = cpu;
  const selector = Number(cpu.readOperand(0, 2));
  if (isNull(selector)) throw generalProtection(nullSelector('TR'));
  const types = state.longMode
    ? [SystemType.TSS_AVAILABLE]
    : [SystemType.TSS_AVAILABLE, SystemType.TSS16_AVAILABLE];
  const register = systemSegment(cpu, selector, 'available TSS', types);
  const address = descriptorAddress(state, selector) ?? 0n;
  const busy = register.accessRights | TSS_BUSY;
  cpu.mmu.storeSystem(address + 5n, 1, BigInt(busy & 0xff));
  state.setSegment(TR, { ...register, accessRights: busy });
  return undefined;
};

/** A system segment from the GDT; in IA-32e mode its descriptor has 16 bytes (SDM 3A 8.2.3). */
function systemSegment(
  cpu: InstructionContext,
  selector: number,
  wanted: 'LDT' | 'available TSS',
  types: readonly number[],
): ReturnType<typeof segmentFrom> {
  const { state, mmu } = cpu;
  const error = withoutRpl(selector);
  if (selector & 4) throw generalProtection(notInGdt(selector), error);
  const found = readDescriptor(state, mmu, selector);
  if (isCodeOrData(found.rights) || !types.includes(typeOf(found.rights))) {
    throw generalProtection(wrongKind(selector, found.rights, wanted, state.longMode), error);
  }
  if (!isPresent(found.rights)) throw notPresent(segmentNotPresent(selector), error);
  const register = segmentFrom(found);
  if (!state.longMode) return register;
  if (descriptorAddress(state, selector, 16) === undefined) {
    throw generalProtection(beyondTable(state, selector), error);
  }
  const high = mmu.loadSystem(found.address + 8n, 8);
  const base = register.base | ((high & 0xffffffffn) << 32n);
  if (high & 0x1f0000000000n) throw generalProtection(badUpperHalf(selector), error);
  if (!isCanonical(base, state)) throw generalProtection(notCanonical(wanted, base), error);
  return { ...register, base };
}

function storeSelector(index: number): SlowPath {
  return (cpu) => {
    requireProtected(cpu);
    requireUmip(cpu);
    if (cpu.guestMode.descriptorTable(index === LDTR ? 'SLDT' : 'STR')) return 'left';
    const memory = cpu.instruction.operands[0]?.kind === 'memory';
    const bytes = memory ? 2 : cpu.instruction.operandSize;
    cpu.writeOperand(0, bytes, BigInt(cpu.state.selector(index)));
    return 'continue';
  };
}
export const storeLdtr = storeSelector(LDTR);
export const storeTaskRegister = storeSelector(TR);

/** The descriptor's rights if the selector may be looked at, for LAR, LSL, VERR and VERW. */
function visibleDescriptor(
  cpu: InstructionContext,
  selector: number,
): { low: bigint; rights: number } | undefined {
  const { state } = cpu;
  if (isNull(selector) || descriptorAddress(state, selector) === undefined) return undefined;
  const found = readDescriptor(state, cpu.mmu, selector);
  const weakest = Math.max(state.cpl, selector & 3);
  const conforming = isCode(found.rights) && isConforming(found.rights);
  return conforming || dplOf(found.rights) >= weakest ? found : undefined;
}

function setZero(cpu: InstructionContext, zero: boolean): void {
  const { rflags } = cpu.state;
  cpu.state.rflags = zero ? rflags | BigInt(Rflags.ZF) : rflags & ~BigInt(Rflags.ZF);
}

function verify(allowed: (rights: number) => boolean): SlowPath {
  return (cpu) => {
    requireProtected(cpu);
    const found = visibleDescriptor(cpu, Number(cpu.readOperand(0, 2)));
    setZero(cpu, found !== undefined && isCodeOrData(found.rights) && allowed(found.rights));
    return 'continue';
  };
}
export const verifyRead = verify((rights) => isReadable(rights));
export const verifyWrite = verify((rights) => isWritableData(rights));

/** System descriptors that LAR may look at (SDM 2A LAR, table 3-53), by whether IA-32e mode is active. */
export const LAR_TYPES = { legacy: [1, 2, 3, 4, 5, 9, 11, 12], long: [2, 9, 11, 12] };
/** The same for LSL. */
export const LSL_TYPES = { legacy: [1, 2, 3, 9, 11], long: [2, 9, 11] };

function inspect(
  types: { legacy: number[]; long: number[] },
  value: (found: { low: bigint; rights: number }) => bigint,
): SlowPath {
  return (cpu) => {
    requireProtected(cpu);
    const found = visibleDescriptor(cpu, Number(cpu.readOperand(1, 2)));
    const allowed = cpu.state.longMode ? types.long : types.legacy;
    const valid = found && (isCodeOrData(found.rights) || allowed.includes(typeOf(found.rights)));
    if (found && valid) {
      const { operandSize } = cpu.instruction;
      const mask = (1n << BigInt(8 * operandSize)) - 1n;
      cpu.writeOperand(0, operandSize, value(found) & mask);
    }
    setZero(cpu, Boolean(valid));
    return 'continue';
  };
}
export const loadAccessRights = inspect(LAR_TYPES, (found) => (found.low >> 32n) & 0xffff00n);
export const loadSegmentLimit = inspect(LSL_TYPES, (found) =>
  BigInt(segmentFrom({ ...found, selector: 0, address: 0n }).limit),
);
