import { SegmentRights, AccessRights } from '../isa/access-rights';
import { WideCr0, WideCr4, WideEfer } from '../isa/registers/control';
import { RFLAGS_FIXED } from '../isa/registers/flags';
import { Field, type FieldId } from '../isa/vmx/fields';
import type { EngineKind } from '../processor/execution/engine';
import { PhysicalMemory } from '../processor/physical-memory';
import { createProcessor } from '../processor/create-processor';
import type { Processor } from '../processor/processor';
import { DEFAULT_PROFILE } from '../processor/profile/default';
import { LONG_MODE, type FieldValues } from '../processor/vmx/entry-checks/valid-vmcs.testing';
import { Vmcs } from '../processor/vmx/vmcs';
import { assemble } from '../program';

/** One instruction of 64-bit code, in ring 0 or ring 3, in root operation or as a guest. */

const PML4 = 0x1000;
const CODE = 0x4000;
const STACK = 0x7000;
const GDT = 0x8000;
const TSS = 0x9000;
/** Where RBX points. */
const DATA = 0xa000;
const VMXON_REGION = 0x101000;
const VMCS_REGION = 0x102000;

const RING3 = 3 << AccessRights.DPL_SHIFT;
const SELECTORS = { 0: { code: 0x08, data: 0x10 }, 3: { code: 0x33, data: 0x2b } } as const;

const bus = {
  readPort: () => 0,
  writePort: () => undefined,
  interruptRequested: () => false,
  acknowledgeInterrupt: () => 0,
};

export type Ring = 0 | 3;

const assembled = new Map<string, Promise<Uint8Array>>();

/** The bytes of an instruction, and a jump to itself after it. */
function bytesOf(text: string): Promise<Uint8Array> {
  let found = assembled.get(text);
  if (!found) {
    found = assembleText(`bits 64\norg ${String(CODE)}\n${text}\njmp $\n`);
    assembled.set(text, found);
  }
  return found;
}

async function assembleText(source: string): Promise<Uint8Array> {
  const files = { read: () => Promise.resolve(new TextEncoder().encode(source)) };
  const assembly = await assemble('one.asm', files);
  const problem = assembly.diagnostics.find((d) => d.severity === 'error');
  if (problem) throw new Error(`${source}: ${problem.message}`);
  return assembly.image;
}

/** A processor that is about to execute `text`: RBX points to data, RSP to a frame for IRETQ. */
export async function aboutTo(
  text: string,
  ring: Ring,
  engine: EngineKind = 'reference',
  profile = DEFAULT_PROFILE,
): Promise<Processor> {
  const cpu = createProcessor(new PhysicalMemory(0x400000), bus, engine, profile);
  const { physical, state } = cpu;
  physical.writeBytes(CODE, await bytesOf(text));
  const entry = (at: number, value: number): void => {
    physical.write64(at, BigInt(value));
  };
  // The first 4 MBytes, also in the upper half, where host state points.
  for (const index of [0, 256]) entry(PML4 + 8 * index, 0x2007);
  entry(0x2000, 0x3007);
  entry(0x3000, 0x87);
  entry(0x3008, 0x200087);
  const descriptors = [0, 0x00af9b000000ffffn, 0x00cf93000000ffffn, 0, 0];
  [...descriptors, 0x00cff3000000ffffn, 0x00affb000000ffffn].forEach((low, n) => {
    physical.write64(GDT + 8 * n, BigInt(low));
  });
  const { code, data } = SELECTORS[ring];
  const frame = [CODE, code, Number(RFLAGS_FIXED), STACK, data];
  frame.forEach((value, n) => {
    entry(STACK + 8 * n, value);
  });
  physical.write16(TSS + 0x66, 0xffff); // no I/O permission bitmap
  physical.write16(DATA + 4, data);
  state.cr0 = WideCr0.PE | WideCr0.NE | WideCr0.ET | WideCr0.PG;
  state.cr3 = BigInt(PML4);
  state.cr4 = WideCr4.PAE;
  state.efer = WideEfer.LME | WideEfer.LMA;
  const dpl = ring === 3 ? RING3 : 0;
  for (let index = 0; index < 6; index++) {
    const rights = index === 1 ? SegmentRights.FLAT_CODE_64 : SegmentRights.FLAT_DATA;
    const selector = index === 1 ? code : data;
    state.setSegment(index, { selector, base: 0n, limit: 0xffffffff, accessRights: rights | dpl });
  }
  state.setSegment(7, {
    selector: 0x40,
    base: BigInt(TSS),
    limit: 0x67,
    accessRights: SegmentRights.TSS_BUSY,
  });
  state.gdtr = { base: BigInt(GDT), limit: 0x37 };
  state.idtr = { base: 0n, limit: 0 };
  state.rip = BigInt(CODE);
  state.setGpr(3, BigInt(DATA));
  state.setGpr(4, BigInt(STACK));
  cpu.updateDerivedState();
  return cpu;
}

/** Executes it: the vector of the exception that it raised, or undefined. */
export function raisedBy(cpu: Processor): number | undefined {
  cpu.updateDerivedState();
  const stop = cpu.run(1);
  if (stop.kind === 'not-implemented') throw new Error(`not implemented: ${stop.what}`);
  return stop.kind === 'triple-fault' ? stop.chain[0]?.vector : undefined;
}

/** VMXON, with a region for a VMCS beside its own. */
export function enterVmxOperation({ physical, state, vmx }: Processor): void {
  state.cr4 |= WideCr4.VMXE;
  for (const region of [VMXON_REGION, VMCS_REGION])
    physical.write32(region, DEFAULT_PROFILE.vmx.revision);
  vmx.on(BigInt(VMXON_REGION));
}

/**
 * Executes it in VMX non-root operation, without EPT: the basic reason of the VM exit that came
 * instead, or undefined.
 */
export async function exitBy(
  text: string,
  ring: Ring,
  fields: FieldValues = {},
  prepare: (cpu: Processor) => void = () => undefined,
): Promise<number | undefined> {
  const cpu = await aboutTo(text, ring);
  const { physical, vmx } = cpu;
  enterVmxOperation(cpu);
  vmx.clear(BigInt(VMCS_REGION));
  vmx.load(BigInt(VMCS_REGION));
  const vmcs = new Vmcs(physical, VMCS_REGION);
  const { code, data } = SELECTORS[ring];
  const dpl = ring === 3 ? RING3 : 0;
  const segments = Object.fromEntries(
    ['ES', 'SS', 'DS', 'FS', 'GS'].flatMap((name) => [
      [`GUEST_${name}_SELECTOR`, data],
      [`GUEST_${name}_AR_BYTES`, SegmentRights.FLAT_DATA | dpl],
    ]),
  ) as FieldValues;
  const all: FieldValues = {
    ...LONG_MODE,
    ...segments,
    SECONDARY_VM_EXEC_CONTROL: 0,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_CS_SELECTOR: code,
    GUEST_CS_AR_BYTES: SegmentRights.FLAT_CODE_64 | dpl,
    GUEST_GDTR_BASE: GDT,
    GUEST_GDTR_LIMIT: 0x37,
    GUEST_IDTR_LIMIT: 0,
    GUEST_TR_BASE: TSS,
    GUEST_RIP: CODE,
    GUEST_RSP: STACK,
    ...fields,
  };
  for (const [id, value] of Object.entries(all)) vmcs.write(Field[id as FieldId], value);
  const outcome = cpu.vmx.enter(true);
  if (!cpu.guestMode.active) {
    throw new Error(`${text}: ${outcome.kind} ${vmx.entryFailures.map(({ id }) => id).join()}`);
  }
  prepare(cpu);
  cpu.updateDerivedState();
  const stop = cpu.run(1);
  if (stop.kind === 'not-implemented') throw new Error(`not implemented: ${stop.what}`);
  return cpu.guestMode.active ? undefined : vmcs.readNumber(Field.VM_EXIT_REASON) & 0xffff;
}
