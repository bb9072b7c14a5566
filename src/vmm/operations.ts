import { fieldByEncoding, Field } from '../isa/vmx/fields';
import type { InvvpidType } from '../isa/vmx/invvpid';
import { Gpr, gprName } from '../isa/registers/general';
import { Cost } from './cost';
import { endOperand, type GuestEnd } from './end';
import type { Host } from './host/host';
import { softwareOf } from './emulate/operations';
import { instruction, type FieldOperand } from './instruction';
import { isEnterable } from './vtx/enterable';
import { leaveTo, takeFrom } from './vtx/software-guest';
import type { VcpuRegister } from './hardware/vcpu-area';

/** The operations that handlers yield, by the names of the instructions they stand for. */

type PortBytes = 1 | 2 | 4;

const inVmcs = (field: Field): FieldOperand => ({
  number: field,
  name: fieldByEncoding(field)?.id ?? `0x${field.toString(16)}`,
});

/** VMREAD: the value of a field of the current VMCS. */
export const vmread = instruction('VMREAD', Cost.VMREAD, {
  perform: (host: Host, field: Field) => host.vmread(field),
  field: inVmcs,
});

/** VMWRITE to a field of the current VMCS. */
export const vmwrite = instruction('VMWRITE', Cost.VMWRITE, {
  perform: (host: Host, field: Field, value: bigint | number) => host.vmwrite(field, value),
  field: inVmcs,
  operands: (_, value) => [value],
});

export const vmxon = instruction('VMXON', Cost.VMXON, {
  perform: (host: Host, pointer: number) => host.vmxon(pointer),
  operands: (pointer) => [pointer],
});

export const vmclear = instruction('VMCLEAR', Cost.VMCLEAR, {
  perform: (host: Host, pointer: number) => host.vmclear(pointer),
  operands: (pointer) => [pointer],
});

export const vmptrld = instruction('VMPTRLD', Cost.VMPTRLD, {
  perform: (host: Host, pointer: number) => host.vmptrld(pointer),
  operands: (pointer) => [pointer],
});

/** VM entry. The result is 0 when the guest was entered, or the VM-instruction error. */
export const vmlaunch = instruction('VMLAUNCH', Cost.VM_ENTRY, {
  perform: (host: Host) => host.enter(true),
  kind: 'entry',
});

export const vmresume = instruction('VMRESUME', Cost.VM_ENTRY, {
  perform: (host: Host) => host.enter(false),
  kind: 'entry',
});

/** INVEPT, single-context: forgets what the processor knows of the current EPT. */
export const invept = instruction('INVEPT', Cost.INVEPT, {
  perform: (host: Host) => host.cpu.flushWorld(1),
  operands: () => ['single-context'],
});

/** INVVPID for the guest's VPID: forgets translations of its linear addresses. */
export const invvpid = instruction('INVVPID', Cost.INVEPT, {
  perform: (host: Host, type: InvvpidType, linear?: bigint) => host.invvpid(type, linear),
  operands: (type, linear?: bigint) => (linear === undefined ? [type] : [type, linear]),
});

/** Stores the general-purpose registers, which hardware does not switch, in the vCPU's save area. */
export const saveGuestRegisters = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => host.saveGuestRegisters(),
  operands: () => ['[vcpu.gpr]', 'RAX … R15'],
});

/** Loads them again, before a VM entry. */
export const restoreGuestRegisters = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => host.restoreGuestRegisters(),
  operands: () => ['RAX … R15', '[vcpu.gpr]'],
});

/** How a register in the save area is written. */
const saved = (index: number): string => `[vcpu.gpr.${gprName(index, 64).toUpperCase()}]`;

/** The guest's register (0 = RAX … 15 = R15; RSP comes from the VMCS). */
export const guestRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, index: number) => host.guestRegister(index),
  operands: (index) => ['…', saved(index)],
});

export const setGuestRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, index: number, value: bigint) => host.setGuestRegister(index, value),
  operands: (index, value) => [saved(index), value],
});

/** The guest's RAX, which names the service that it asks for by a hypercall. */
export const hypercallNumber = instruction('MOV', Cost.GPR, {
  perform: (host: Host) => {
    host.tally.hypercalls++;
    return host.guestRegister(Gpr.RAX);
  },
  operands: () => ['…', saved(Gpr.RAX)],
});

/**
 * VMWRITE of where the guest goes on: its instruction has been done for it. RF is over with an instruction, but the VM
 * exit has saved it as it was before (SDM 3B 18.3.1.1, 3C 28.3.3): where it is set, it is cleared.
 */
export const completeInstruction = instruction('VMWRITE', Cost.VMWRITE, {
  perform: (host: Host, next: bigint) => {
    host.tally.completed++;
    host.area.complete(next);
  },
  field: () => inVmcs(Field.GUEST_RIP),
  operands: (next) => [next],
});

/** Executes CPUID on the host; the result packs EAX, EBX, ECX, EDX from the lowest 32 bits up. */
export const cpuid = instruction('CPUID', Cost.CPUID, {
  perform: (host: Host, leaf: number, subleaf: number) => host.instructions.cpuid(leaf, subleaf),
  operands: (leaf, subleaf) => [leaf, subleaf],
});

/** Reads a host MSR. */
export const rdmsr = instruction('RDMSR', Cost.MSR, {
  perform: (host: Host, number: number) => host.instructions.rdmsr(number),
  operands: (number) => [number],
});

/** Writes a host MSR. The result is 1, or 0 when the processor refused the value with #GP(0). */
export const wrmsr = instruction('WRMSR', Cost.MSR, {
  perform: (host: Host, number: number, value: bigint) =>
    host.instructions.wrmsr(number, value) ? 1n : 0n,
  operands: (number, value) => [number, value],
});

/** Writes XCR0. The result is 1, or 0 when the processor refused the value with #GP(0). */
export const xsetbv = instruction('XSETBV', Cost.MSR, {
  perform: (host: Host, value: bigint) => (host.instructions.xsetbv(value) ? 1n : 0n),
  operands: (value) => ['XCR0', value],
});

/** Writes 4 bytes of host-physical memory. */
export const writeHostPhysical = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, address: number, value: number) => host.writePhysical(address, value),
  operands: (address, value) => [['host-physical', address], value],
});

/** IN on the host: a real device. */
export const hostIn = instruction('IN', Cost.PORT, {
  perform: (host: Host, port: number, bytes: PortBytes) =>
    BigInt(host.instructions.in(port, bytes)),
  operands: (port) => [port],
});

export const hostOut = instruction('OUT', Cost.PORT, {
  perform: (host: Host, port: number, bytes: PortBytes, value: number) =>
    host.instructions.out(port, bytes, value),
  operands: (port, _, value) => [port, value],
});

/** Reads a port of the guest's virtual devices. */
export const deviceRead = instruction('emulate IN', Cost.SOFTWARE, {
  perform: (host: Host, port: number, bytes: PortBytes) => BigInt(host.deviceRead(port, bytes)),
  operands: (port) => [['virtual port', port]],
});

export const deviceWrite = instruction('emulate OUT', Cost.SOFTWARE, {
  perform: (host: Host, port: number, bytes: PortBytes, value: number) =>
    host.deviceWrite(port, bytes, value),
  operands: (port, _, value) => [['virtual port', port], value],
});

/** Whether the guest's virtual interrupt controller requests an interrupt: 1, or 2 while a debugger holds it. */
export const interruptPending = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => host.virtualInterruptPending(),
  operands: () => ['virtual INTR'],
});

/** The acknowledge cycle of the virtual interrupt controller: the vector. */
export const acknowledgeInterrupt = instruction('acknowledge', Cost.SOFTWARE, {
  perform: (host: Host) => host.acknowledgeVirtualInterrupt(),
  operands: () => ['virtual INTR'],
});

/** Programs the host's timer for the next moment at which a virtual device has something to do. */
export const armHostTimer = instruction('OUT', Cost.HOST_TIMER, {
  perform: (host: Host) => host.armTimer(),
  operands: () => ['0x40 (host PIT)'],
});

/** HLT on the host, until an interrupt. The result is 0 when nothing can ever end it. */
export const hostHalt = instruction('HLT', Cost.SOFTWARE, {
  perform: (host: Host) => (host.halt() ? 1n : 0n),
});

/** Reads 1 to 8 bytes of guest-physical memory. */
export const readGuestPhysical = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, address: bigint, bytes: number) => host.readGuestPhysical(address, bytes),
  operands: (address) => ['…', ['guest-physical', address]],
});

export const writeGuestPhysical = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, address: bigint, bytes: number, value: bigint) =>
    host.writeGuestPhysical(address, bytes, value),
  operands: (address, _, value) => [['guest-physical', address], value],
});

/** Walks the guest's page tables in software: the guest-physical address, or all ones. */
export const walkGuest = instruction('walk', Cost.PAGE_WALK, {
  perform: (host: Host, linear: bigint) => host.walkGuest(linear),
  operands: (linear) => [['guest-linear', linear]],
});

/** Where an access of the guest's instruction leads; -1 - the error code of the #PF that it gets instead. */
export const translateGuest = instruction('walk', Cost.PAGE_WALK, {
  perform: (host: Host, linear: bigint, write: boolean) => host.translateGuest(linear, write),
  operands: (linear, write) => [['guest-linear', linear], write ? 'for a write' : 'for a read'],
});

/** MOV to CR2, which VM entries leave alone: the guest finds the address of its page fault there. */
export const writeCr2 = instruction('MOV', Cost.GPR, {
  perform: (host: Host, value: bigint) => host.instructions.setCr2(value),
  operands: (value) => ['CR2', value],
});

/** Whether software has changed where the guest's addresses lead, and the processor may not know: 1, or 0. */
export const mappingsChanged = instruction('ask', Cost.SOFTWARE, {
  perform: (host: Host) => (host.takeMappingsChanged() ? 1n : 0n),
  operands: () => ['have mappings changed'],
});

/** MOV from what the monitor keeps of the virtual processor beside its VMCS. */
export const readVcpu = instruction('MOV', Cost.GPR, {
  perform: (host: Host, register: VcpuRegister) => host.readVcpu(register),
  operands: (register) => ['…', `[vcpu.${register}]`],
});

export const writeVcpu = instruction('MOV', Cost.GPR, {
  perform: (host: Host, register: VcpuRegister, value: bigint) => host.writeVcpu(register, value),
  operands: (register, value) => [`[vcpu.${register}]`, value],
});

/**
 * Walks the guest's own page tables for an access that has met a page fault, and sets their accessed and dirty
 * flags: where it leads to; -1 - the error code, where it is the guest's page fault.
 */
export const walkForAccess = instruction('walk', Cost.PAGE_WALK, {
  perform: (host: Host, linear: bigint, errorCode: bigint) => host.walkForAccess(linear, errorCode),
  operands: (linear, errorCode) => [
    ['guest-linear', linear],
    ['error code', errorCode],
  ],
});

/** What `fillShadow` comes to. */
export const Fills = { FILLED: 0n, UNCHANGED: 1n, EMULATE: 2n, NO_FRAME: 3n } as const;
const FILLS = {
  filled: Fills.FILLED,
  unchanged: Fills.UNCHANGED,
  emulate: Fills.EMULATE,
  'no frame': Fills.NO_FRAME,
};

/** Makes shadow entries that lead from a guest-linear address to the host frame. */
export const fillShadow = instruction('fill', Cost.SHADOW_FILL, {
  perform: (host: Host, linear: bigint, errorCode: bigint) =>
    FILLS[host.fillShadow(linear, errorCode)],
  operands: (linear) => [['shadow tables: guest-linear', linear]],
});

/** The root of the shadow tables for the guest's address space, which is made if it is a new one. */
export const shadowRoot = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(host.shadowRoot()),
  operands: () => ['the root of the shadow tables'],
});

/** The guest cannot be entered with its registers: software goes on with it. */
export const takeIntoSoftware = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => {
    leaveTo(host, softwareOf(host));
    host.beginSoftware();
  },
  operands: () => ['[vcpu]', 'the guest-state area'],
});

/** Whether the registers that software has for the guest are such that it can be entered: 1, or 0. */
export const canEnter = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (isEnterable(softwareOf(host).state) ? 1n : 0n),
  operands: () => ['[vcpu]: CR0.PE, segment registers'],
});

/** The processor goes on with the guest. */
export const giveToProcessor = instruction('MOV', Cost.GPR_BLOCK, {
  perform: (host: Host) => {
    takeFrom(host, softwareOf(host));
    host.endSoftware();
  },
  operands: () => ['the guest-state area', '[vcpu]'],
});

/** What IA32_APIC_BASE holds for the guest, whose local APIC is a virtual one. */
export const virtualApicBase = instruction('read', Cost.SOFTWARE, {
  perform: (host: Host) => host.virtualApicBase,
  operands: () => ['virtual IA32_APIC_BASE'],
});

/**
 * Moves the guest's local APIC, which has no x2APIC mode, and turns it on and off. The result is 1, or 0 for a value that
 * IA32_APIC_BASE does not take.
 */
export const placeVirtualApic = instruction('write', Cost.SOFTWARE, {
  perform: (host: Host, value: bigint) => (host.placeVirtualApic(value) ? 1n : 0n),
  operands: (value) => ['virtual IA32_APIC_BASE', value],
});

/** Takes a free host frame for a guest-physical page and maps it in the EPT. */
export const allocateGuestPage = instruction('map', Cost.PAGE_WALK, {
  perform: (host: Host, address: bigint) => BigInt(host.allocateGuestPage(address)),
  operands: (address) => [['EPT: guest-physical', address]],
});

/** Who answers at a guest-physical address: what `answererAt` gives. */
export const Answers = { RAM: 0n, ROM: 1n, DEVICE: 2n, NOBODY: 3n } as const;
const ANSWERS = {
  ram: Answers.RAM,
  rom: Answers.ROM,
  device: Answers.DEVICE,
  nobody: Answers.NOBODY,
};

export const answererAt = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host, address: bigint) => ANSWERS[host.answererAt(address)],
  operands: (address) => [['guest-physical', address]],
});

/**
 * Executes the guest's instruction in software, its accesses to memory answered by RAM and by virtual
 * devices. The result is 1, or 0 when the emulator does not know the instruction.
 */
export const emulateInstruction = instruction('emulate', Cost.EMULATION, {
  perform: (host: Host) => (host.guest.emulateInstruction() ? 1n : 0n),
  operands: () => ['the instruction at RIP'],
});

/** Delivers an event to the guest in software, given as the VMCS tells it. The result is 1, or 0 when it could not. */
export const emulateEvent = instruction('emulate', Cost.EMULATED_EVENT, {
  perform: (host: Host, information: bigint, errorCode: bigint) =>
    host.guest.emulateEvent(information, errorCode) ? 1n : 0n,
  operands: (information) => [['event', information]],
});

/** The guest has ended: power-off, or a shutdown that nobody handles. */
export const stopGuest = instruction('stop', Cost.SOFTWARE, {
  perform: (host: Host, end: GuestEnd) => host.stopGuest(end),
  operands: (end) => [endOperand(end)],
  end: (end) => end,
  kind: 'end',
});

/** Nothing that is scheduled can go on: the guest waits for a key, a byte, a packet. */
export const waitForInput = instruction('wait', Cost.SOFTWARE, {
  perform: (host: Host) => host.wait(),
  operands: () => ['for input from outside'],
  kind: 'wait',
});

/** Prints a byte on the guest's console, for the console hypercall. */
export const consoleWrite = instruction('print', Cost.SOFTWARE, {
  perform: (host: Host, byte: number) => host.consoleWrite(byte),
  operands: (byte) => [byte],
});

/** The host's timer has done its work and must be armed again. */
export const timerFired = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host) => host.timer.forget(),
  operands: () => ['host timer expired'],
});

/** RDTSC on the host. */
export const rdtsc = instruction('RDTSC', Cost.SOFTWARE, {
  perform: (host: Host) => host.instructions.rdtsc(),
});

/** MOV from CR8, which VM exits and entries leave alone: it holds the guest's value. */
export const readCr8 = instruction('MOV', Cost.GPR, {
  perform: (host: Host) => host.instructions.cr8(),
  operands: () => ['…', 'CR8'],
});

export const writeCr8 = instruction('MOV', Cost.GPR, {
  perform: (host: Host, value: bigint) => host.instructions.setCr8(value),
  operands: (value) => ['CR8', value],
});

/** MOV from a debug register of the host, which still holds the guest's value. */
export const readDebugRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, number: number) => host.instructions.debugRegister(number),
  operands: (number) => ['…', `DR${String(number)}`],
});

export const writeDebugRegister = instruction('MOV', Cost.GPR, {
  perform: (host: Host, number: number, value: bigint) =>
    host.instructions.setDebugRegister(number, value),
  operands: (number, value) => [`DR${String(number)}`, value],
});
