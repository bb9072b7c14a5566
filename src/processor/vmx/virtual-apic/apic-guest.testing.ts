import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { ExitControl, PinBasedControl, PrimaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import type { Bus } from '../../bus';
import type { Processor } from '../../processor';
import { LONG_MODE, type FieldValues } from '../entry-checks/valid-vmcs.testing';
import { NO_DEVICES, prepare } from '../prepared-processor.testing';

/** A guest in 64-bit mode, ring 0, without EPT, and its virtual local APIC. */

const HOST_CODE = 0x100000;
export const GUEST_CODE = 0x109000;
export const VIRTUAL_APIC = 0x130000;
export const APIC_ACCESS = 0x131000;
export const DESCRIPTOR = 0x132000;
const GUEST_IDT = 0x120000;
const GUEST_GDT = 0x121000;
const MSR_BITMAPS = 0x12000;
const PML4 = 0x110000;
export const UPPER_HALF = 0xffff800000000000n;
export const [NOP, HLT, STI, VMCALL] = [[0x90], [0xf4], [0xfb], [0x0f, 0x01, 0xc1]] as const;
/** Where handlers lie: 16 bytes for each vector, of which each has a VMCALL. */
const HANDLERS = 0x140000;

/** MOV EAX, [address]; MOV [address], EAX. */
export const load = (address: number): number[] => [0x8b, 0x04, 0x25, ...dword(address)];
export const store = (address: number): number[] => [0x89, 0x04, 0x25, ...dword(address)];
/** MOV EAX, value. */
export const eax = (value: number): number[] => [0xb8, ...dword(value)];
/** MOV CR8, RAX; MOV RAX, CR8. */
export const TO_CR8 = [0x44, 0x0f, 0x22, 0xc0];
export const FROM_CR8 = [0x44, 0x0f, 0x20, 0xc0];

const dword = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);

/** WRMSR and RDMSR with ECX; the value to be written is in EAX, its upper half 0. */
export const wrmsr = (index: number): number[] => [0xb9, ...dword(index), 0x31, 0xd2, 0x0f, 0x30];
export const rdmsr = (index: number): number[] => [0xb9, ...dword(index), 0x0f, 0x32];

export interface Controls {
  readonly pin?: number;
  readonly primary?: number;
  readonly secondary?: number;
  readonly exit?: number;
  readonly bus?: Bus;
}

/** Before VMLAUNCH: pages are as they come, HLT and RDMSR and WRMSR do not exit. */
export function apicGuest(
  { pin = 0, primary = 0, secondary = 0, exit = 0, bus = NO_DEVICES }: Controls,
  fields: FieldValues,
  ...code: readonly (readonly number[])[]
): Processor {
  const allPrimary = Number(LONG_MODE.CPU_BASED_VM_EXEC_CONTROL) & ~PrimaryControl.HLT_EXITING;
  const values: FieldValues = {
    ...LONG_MODE,
    PIN_BASED_VM_EXEC_CONTROL:
      Number(LONG_MODE.PIN_BASED_VM_EXEC_CONTROL) |
      PinBasedControl.EXTERNAL_INTERRUPT_EXITING |
      pin,
    CPU_BASED_VM_EXEC_CONTROL: (allPrimary | primary) >>> 0,
    SECONDARY_VM_EXEC_CONTROL: secondary,
    VM_EXIT_CONTROLS:
      (Number(LONG_MODE.VM_EXIT_CONTROLS) | ExitControl.ACKNOWLEDGE_INTERRUPT | exit) >>> 0,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_RIP: UPPER_HALF + BigInt(GUEST_CODE),
    GUEST_RFLAGS: 2,
    GUEST_IDTR_BASE: UPPER_HALF + BigInt(GUEST_IDT),
    GUEST_GDTR_BASE: UPPER_HALF + BigInt(GUEST_GDT),
    VIRTUAL_APIC_PAGE_ADDR: VIRTUAL_APIC,
    APIC_ACCESS_ADDR: APIC_ACCESS,
    POSTED_INTR_DESC_ADDR: DESCRIPTOR,
    ...fields,
  };
  const cpu = prepare(values, bus);
  const { physical } = cpu;
  physical.write64(GUEST_GDT + 8, 0x00af9b000000ffffn);
  for (let vector = 0; vector < 256; vector++) {
    const handler = HANDLERS + 16 * vector;
    physical.write64(
      GUEST_IDT + 16 * vector,
      BigInt(handler & 0xffff) | 0x8e00_0008_0000n | (BigInt(handler >>> 16) << 48n),
    );
    physical.write64(GUEST_IDT + 16 * vector + 8, 0xffff8000n);
    physical.writeBytes(handler, Uint8Array.from(VMCALL));
  }
  physical.writeBytes(MSR_BITMAPS, new Uint8Array(4096));
  physical.writeBytes(GUEST_CODE, Uint8Array.from([...code.flat(), ...VMCALL]));
  physical.writeBytes(HOST_CODE, Uint8Array.from(HLT));
  return cpu;
}

/** Enters and runs until the host has control; or until the guest halts. */
export function runToExit(cpu: Processor, launch = true) {
  assert.equal(cpu.vmx.enter(launch).kind, 'VMsucceed');
  assert.equal(cpu.vmx.entryFailures.map(({ id }) => id).join(), '');
  assert.equal(cpu.run(1000).kind, 'halt');
  return told(cpu);
}

/** What the last VM exit told, and where the guest was: in its code, or in the handler of a vector. */
export function told(cpu: Processor) {
  const vmcs = cpu.vmx.current;
  assert.ok(vmcs);
  const at = Number(vmcs.read(Field.GUEST_RIP) - UPPER_HALF);
  return {
    exited: !cpu.guestMode.active,
    reason: vmcs.readNumber(Field.VM_EXIT_REASON),
    qualification: vmcs.readNumber(Field.EXIT_QUALIFICATION),
    length: vmcs.readNumber(Field.VM_EXIT_INSTRUCTION_LEN),
    at: at - GUEST_CODE,
    handler: at >= HANDLERS && at < HANDLERS + 4096 ? (at - HANDLERS) >> 4 : undefined,
    event: vmcs.readNumber(Field.VM_EXIT_INTR_INFO),
    status: vmcs.readNumber(Field.GUEST_INTR_STATUS),
    pending: vmcs.readNumber(Field.GUEST_PENDING_DBG_EXCEPTIONS),
  };
}

export const virtual = (cpu: Processor, offset: number): number =>
  cpu.physical.read32(VIRTUAL_APIC + offset);

export function setVirtual(cpu: Processor, offset: number, value: number): void {
  cpu.physical.write32(VIRTUAL_APIC + offset, value);
}

/** Requests vectors in VIRR, or puts them into VISR. */
export function setVectors(cpu: Processor, register: number, ...vectors: number[]): void {
  for (const vector of vectors) {
    const at = register + 16 * (vector >>> 5);
    setVirtual(cpu, at, virtual(cpu, at) | (1 << (vector & 31)));
  }
}

export function vectorsOf(cpu: Processor, register: number): number[] {
  return Array.from({ length: 256 }, (_, vector) => vector).filter(
    (vector) => (virtual(cpu, register + 16 * (vector >>> 5)) >>> (vector & 31)) & 1,
  );
}

export const requested = (cpu: Processor): number[] => vectorsOf(cpu, Apic.IRR);
export const inService = (cpu: Processor): number[] => vectorsOf(cpu, Apic.ISR);
