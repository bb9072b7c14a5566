import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import type { VmcbFieldId } from '../../isa/svm/vmcb';
import type { Bus } from '../bus';
import { createProcessor } from '../create-processor';
import type { EngineKind } from '../execution/engine';
import { PhysicalMemory } from '../physical-memory';
import type { Processor } from '../processor';
import { AMD_PROFILE } from '../profile/amd';
import { Vmcb } from './vmcb';

/** A processor that is about to execute VMRUN, with all that a guest in 64-bit mode needs, for tests. */

export type VmcbValues = Partial<Record<VmcbFieldId, bigint | number>>;

export const VMCB = 0x102000;
export const HOST_SAVE_AREA = 0x101000;
export const HOST_CODE = 0x108000;
export const GUEST_CODE = 0x109000;
export const IOPM = 0x120000;
export const MSRPM = 0x124000;
export const IDT = 0x130000;
export const HANDLER = 0x131000;
export const STACK = 0x140000;
const GDT = 0x12f000;
const PML4 = 0x110000;
/** The first 2 MBytes in pages of 4 KBytes: as the guest's tables, and as nested ones. */
export const GUEST_TABLES = 0x150000;
export const NESTED_TABLES = 0x160000;

/** Nothing answers, and nothing interrupts. */
export const NO_DEVICES: Bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

/** A guest in ring 0 of 64-bit mode that nothing but VMRUN is intercepted from, without nested paging. */
export const LONG_MODE: VmcbValues = {
  INTERCEPT_VECTOR_4: 1,
  IOPM_BASE_PA: IOPM,
  MSRPM_BASE_PA: MSRPM,
  GUEST_ASID: 1,
  ES_SELECTOR: 0x10,
  ES_ATTRIB: 0xc93,
  ES_LIMIT: 0xffffffff,
  CS_SELECTOR: 0x08,
  CS_ATTRIB: 0xa9b,
  CS_LIMIT: 0xffffffff,
  SS_SELECTOR: 0x10,
  SS_ATTRIB: 0xc93,
  SS_LIMIT: 0xffffffff,
  DS_SELECTOR: 0x10,
  DS_ATTRIB: 0xc93,
  DS_LIMIT: 0xffffffff,
  GDTR_BASE: GDT,
  GDTR_LIMIT: 0x27,
  IDTR_BASE: IDT,
  IDTR_LIMIT: 0xfff,
  EFER: 0x1d00,
  CR0: 0x80000031,
  CR3: GUEST_TABLES,
  CR4: 0x620,
  DR6: 0xffff0ff0,
  DR7: 0x400,
  RFLAGS: 2,
  RIP: GUEST_CODE,
  RSP: STACK,
  G_PAT: 0x0007040600070406n,
};

/** Nested tables that map the first 2 MBytes to themselves. */
export const NESTED: VmcbValues = { NESTED_CONTROL: 1, N_CR3: NESTED_TABLES };

/** Four pages of tables; the entries of the last one map 4-KByte pages to themselves, for all accesses. */
function identityTables(memory: PhysicalMemory, at: number): void {
  for (let level = 0; level < 3; level++) {
    memory.write64(at + level * 0x1000, BigInt(at + (level + 1) * 0x1000) | 7n);
  }
  for (let n = 0; n < 512; n++) {
    memory.write64(at + 0x3000 + 8 * n, BigInt(n * 0x1000) | 7n);
  }
}

/** The entry of a page in identity tables. */
export const entryOf = (tables: number, address: number): number =>
  tables + 0x3000 + 8 * (address >> 12);

/** Interrupt gates for all vectors; the handler of each is HLT. */
function interruptTable(memory: PhysicalMemory): void {
  for (let vector = 0; vector < 256; vector++) {
    const at = HANDLER + 16 * vector;
    memory.write64(IDT + 16 * vector, BigInt(at & 0xffff) | (8n << 16n) | (0x8en << 40n));
    memory.write16(IDT + 16 * vector + 6, at >> 16);
    memory.write64(IDT + 16 * vector + 8, 0n);
    memory.write8(at, 0xf4);
  }
}

const HLT = 0xf4;

export interface Preparation {
  readonly bus?: Bus;
  readonly engine?: EngineKind;
  /** What the host does behind VMRUN; HLT if absent. */
  readonly host?: readonly number[];
}

/** The host in 64-bit mode with SVM enabled and rAX at the VMCB; the next instruction is VMRUN. */
export function prepare(
  fields: VmcbValues,
  code: readonly number[] = [HLT],
  { bus = NO_DEVICES, engine, host = [HLT] }: Preparation = {},
): Processor {
  const cpu = createProcessor(new PhysicalMemory(0x400000), bus, engine, AMD_PROFILE);
  const { physical, state } = cpu;
  physical.write64(PML4, BigInt(PML4 + 0x1003));
  physical.write64(PML4 + 0x1000, BigInt(PML4 + 0x2003));
  physical.write64(PML4 + 0x2000, 0x83n);
  physical.write64(PML4 + 0x2008, 0x200083n);
  identityTables(physical, GUEST_TABLES);
  identityTables(physical, NESTED_TABLES);
  interruptTable(physical);
  physical.write64(GDT + 8, 0x00af9b000000ffffn);
  physical.write64(GDT + 16, 0x00cf93000000ffffn);
  state.cr0 = 0x80000031n;
  state.cr3 = BigInt(PML4);
  state.cr4 = 0x620n;
  state.efer = 0x1d00n;
  for (let index = 0; index < 6; index++) {
    const accessRights = index === 1 ? 0xa09b : 0xc093;
    state.setSegment(index, {
      selector: 8 * (index === 1 ? 1 : 2),
      base: 0n,
      limit: 0xffffffff,
      accessRights,
    });
  }
  state.gdtr = { base: BigInt(GDT), limit: 0x27 };
  state.idtr = { base: BigInt(IDT), limit: 0xfff };
  physical.writeBytes(HOST_CODE, Uint8Array.from([0x0f, 0x01, 0xd8, ...host])); // vmrun
  physical.writeBytes(GUEST_CODE, Uint8Array.from([...code, HLT, HLT, HLT, HLT]));
  state.rip = BigInt(HOST_CODE);
  state.setGpr(0, BigInt(VMCB));
  state.setGpr(4, BigInt(STACK + 0x8000));
  state.setMsr(Msr.VM_HSAVE_PA, BigInt(HOST_SAVE_AREA));
  cpu.updateDerivedState();
  set(cpu, { ...LONG_MODE, ...fields });
  return cpu;
}

/** Writes fields of the VMCB. */
export function set(cpu: Processor, fields: VmcbValues): void {
  const vmcb = vmcbOf(cpu);
  for (const [id, value] of Object.entries(fields)) vmcb.write(id as VmcbFieldId, value);
}

export const vmcbOf = (cpu: Processor): Vmcb => new Vmcb(cpu.physical, VMCB);

/** The fields that set the intercept of an exit code, beside that of VMRUN. */
export function intercepting(...codes: readonly number[]): VmcbValues {
  const words = [0, 0, 0, 0, 1, 0];
  for (const code of codes) words[code >> 5] = ((words[code >> 5] ?? 0) | (1 << (code & 31))) >>> 0;
  const [control = 0, debug = 0, exceptions = 0, third = 0, fourth = 0, fifth = 0] = words;
  return {
    INTERCEPT_CR_READ: control & 0xffff,
    INTERCEPT_CR_WRITE: control >>> 16,
    INTERCEPT_DR_READ: debug & 0xffff,
    INTERCEPT_DR_WRITE: debug >>> 16,
    INTERCEPT_EXCEPTION: exceptions,
    INTERCEPT_VECTOR_3: third,
    INTERCEPT_VECTOR_4: fourth,
    INTERCEPT_VECTOR_5: fifth,
  };
}

/** Runs to a HLT of the host’s; gives the VMCB. */
export function exited(cpu: Processor): Vmcb {
  const stop = cpu.run(10_000);
  assert.equal(stop.kind, 'halt', JSON.stringify(stop));
  assert.equal(cpu.guestMode.active, false, 'still in the guest');
  return vmcbOf(cpu);
}

/** Runs to a HLT of the guest’s; gives the instructions that it has gone beyond its beginning. */
export function halted(cpu: Processor): number {
  const stop = cpu.run(10_000);
  assert.equal(stop.kind, 'halt', JSON.stringify(stop));
  assert.equal(cpu.guestMode.active, true, 'not in the guest');
  return Number(cpu.state.rip) - GUEST_CODE;
}

export const exitCode = (vmcb: Vmcb): bigint => vmcb.read('EXITCODE');

/** Bytes of the guest’s code before the instruction at which it has left. */
export const at = (vmcb: Vmcb): number => Number(vmcb.read('RIP')) - GUEST_CODE;
