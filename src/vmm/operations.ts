import { fieldByEncoding, type Field } from '../isa/vmx/fields';
import { gprName } from '../isa/registers/general';
import { Cost } from './cost';
import { endOperand, type GuestEnd } from './end';
import type { Host } from './host/host';
import type { Operation } from './operation';

/** The operations that handlers yield, by the names of the instructions they stand for. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const fieldName = (field: Field): string => fieldByEncoding(field)?.id ?? hex(field);

function operation(
  name: string,
  operands: string,
  cycles: number,
  perform: (host: Host) => bigint,
  fields: readonly number[] = [],
): Operation {
  return { kind: 'plain', name, operands, cycles, perform, fields };
}

/** For operations without a result. */
const nothing =
  (action: (host: Host) => void) =>
  (host: Host): bigint => {
    action(host);
    return 0n;
  };

/** VMREAD: the value of a field of the current VMCS. */
export function vmread(field: Field): Operation {
  return operation('VMREAD', fieldName(field), Cost.VMREAD, (host) => host.vmread(field), [field]);
}

/** VMWRITE to a field of the current VMCS. */
export function vmwrite(field: Field, value: bigint | number): Operation {
  const wide = BigInt(value);
  const text = `${fieldName(field)}, ${hex(wide)}`;
  return operation('VMWRITE', text, Cost.VMWRITE, nothing((host) => { host.vmwrite(field, wide); }), [field]); // prettier-ignore
}

export function vmxon(pointer: number): Operation {
  return operation('VMXON', hex(pointer), Cost.VMXON, nothing((host) => { host.vmxon(pointer); })); // prettier-ignore
}

export function vmclear(pointer: number): Operation {
  return operation('VMCLEAR', hex(pointer), Cost.VMCLEAR, nothing((host) => { host.vmclear(pointer); })); // prettier-ignore
}

export function vmptrld(pointer: number): Operation {
  return operation('VMPTRLD', hex(pointer), Cost.VMPTRLD, nothing((host) => { host.vmptrld(pointer); })); // prettier-ignore
}

/** VM entry. The result is 0 when the guest was entered, or the VM-instruction error. */
export function vmlaunch(): Operation {
  const vmlaunch = operation('VMLAUNCH', '', Cost.VM_ENTRY, (host) => host.enter(true));
  return { ...vmlaunch, kind: 'entry' };
}

export function vmresume(): Operation {
  const vmresume = operation('VMRESUME', '', Cost.VM_ENTRY, (host) => host.enter(false));
  return { ...vmresume, kind: 'entry' };
}

/** INVEPT, single-context: forgets what the processor knows of the current EPT. */
export function invept(): Operation {
  return operation('INVEPT', 'single-context', Cost.INVEPT, nothing((host) => { host.invept(); })); // prettier-ignore
}

/** INVVPID, individual-address. */
export function invvpid(linear: bigint): Operation {
  return operation('INVVPID', hex(linear), Cost.INVEPT, nothing((host) => { host.invvpid(); })); // prettier-ignore
}

/** Stores the general-purpose registers, which hardware does not switch, in the vCPU's save area. */
export function saveGuestRegisters(): Operation {
  return operation('MOV', '[vcpu.gpr], RAX … R15', Cost.GPR_BLOCK, nothing((host) => { host.saveGuestRegisters(); })); // prettier-ignore
}

/** Loads them again, before a VM entry. */
export function restoreGuestRegisters(): Operation {
  return operation('MOV', 'RAX … R15, [vcpu.gpr]', Cost.GPR_BLOCK, nothing((host) => { host.restoreGuestRegisters(); })); // prettier-ignore
}

/** The guest's register (0 = RAX … 15 = R15; RSP comes from the VMCS). */
export function guestRegister(index: number): Operation {
  const name = gprName(index, 64).toUpperCase();
  return operation('MOV', `…, [vcpu.gpr.${name}]`, Cost.GPR, (host) => host.guestRegister(index));
}

export function setGuestRegister(index: number, value: bigint): Operation {
  const name = gprName(index, 64).toUpperCase();
  const text = `[vcpu.gpr.${name}], ${hex(value)}`;
  return operation('MOV', text, Cost.GPR, nothing((host) => { host.setGuestRegister(index, value); })); // prettier-ignore
}

/** Executes CPUID on the host; the result packs EAX, EBX, ECX, EDX from the lowest 32 bits up. */
export function cpuid(leaf: number, subleaf: number): Operation {
  return operation('CPUID', `${hex(leaf)}, ${hex(subleaf)}`, Cost.CPUID, (host) =>
    host.cpuid(leaf, subleaf),
  );
}

/** Reads a host MSR. */
export function rdmsr(number: number): Operation {
  return operation('RDMSR', hex(number), Cost.MSR, (host) => host.rdmsr(number));
}

/** Writes a host MSR. The result is 1, or 0 when the processor refused the value with #GP(0). */
export function wrmsr(number: number, value: bigint): Operation {
  const text = `${hex(number)}, ${hex(value)}`;
  return operation('WRMSR', text, Cost.MSR, (host) => (host.wrmsr(number, value) ? 1n : 0n));
}

/** Writes 4 bytes of host-physical memory. */
export function writeHostPhysical(address: number, value: number): Operation {
  const text = `host-physical ${hex(address)}, ${hex(value)}`;
  const perform = nothing((host) => {
    host.writePhysical(address, value);
  });
  return operation('MOV', text, Cost.MEMORY, perform);
}

/** IN on the host: a real device. */
export function hostIn(port: number, bytes: 1 | 2 | 4): Operation {
  return operation('IN', `${hex(port)}`, Cost.PORT, (host) => BigInt(host.in(port, bytes)));
}

export function hostOut(port: number, bytes: 1 | 2 | 4, value: number): Operation {
  const text = `${hex(port)}, ${hex(value)}`;
  return operation('OUT', text, Cost.PORT, nothing((host) => { host.out(port, bytes, value); })); // prettier-ignore
}

/** Reads a port of the guest's virtual devices. */
export function deviceRead(port: number, bytes: 1 | 2 | 4): Operation {
  const text = `virtual port ${hex(port)}`;
  return operation('emulate IN', text, Cost.SOFTWARE, (host) =>
    BigInt(host.deviceRead(port, bytes)),
  );
}

export function deviceWrite(port: number, bytes: 1 | 2 | 4, value: number): Operation {
  const text = `virtual port ${hex(port)}, ${hex(value)}`;
  return operation('emulate OUT', text, Cost.SOFTWARE, nothing((host) => { host.deviceWrite(port, bytes, value); })); // prettier-ignore
}

/** Whether the guest's virtual interrupt controller requests an interrupt: 1, or 2 while a debugger holds it. */
export function interruptPending(): Operation {
  return operation('test', 'virtual INTR', Cost.SOFTWARE, (host) => host.virtualInterruptPending());
}

/** The acknowledge cycle of the virtual interrupt controller: the vector. */
export function acknowledgeInterrupt(): Operation {
  return operation('acknowledge', 'virtual INTR', Cost.SOFTWARE, (host) =>
    host.acknowledgeVirtualInterrupt(),
  );
}

/** Programs the host's timer for the next moment at which a virtual device has something to do. */
export function armHostTimer(): Operation {
  return operation('OUT', '0x40 (host PIT)', Cost.PORT, nothing((host) => { host.armTimer(); })); // prettier-ignore
}

/** HLT on the host, until an interrupt. The result is 0 when nothing can ever end it. */
export function hostHalt(): Operation {
  return operation('HLT', '', Cost.SOFTWARE, (host) => (host.halt() ? 1n : 0n));
}

/** Reads 1 to 8 bytes of guest-physical memory. */
export function readGuestPhysical(address: bigint, bytes: number): Operation {
  return operation('MOV', `…, guest-physical ${hex(address)}`, Cost.MEMORY, (host) =>
    host.readGuestPhysical(address, bytes),
  );
}

export function writeGuestPhysical(address: bigint, bytes: number, value: bigint): Operation {
  const text = `guest-physical ${hex(address)}, ${hex(value)}`;
  return operation('MOV', text, Cost.MEMORY, nothing((host) => { host.writeGuestPhysical(address, bytes, value); })); // prettier-ignore
}

/** Walks the guest's page tables in software: the guest-physical address, or all ones. */
export function walkGuest(linear: bigint): Operation {
  return operation('walk', `guest-linear ${hex(linear)}`, Cost.PAGE_WALK, (host) =>
    host.walkGuest(linear),
  );
}

/** Takes a free host frame for a guest-physical page and maps it in the EPT. */
export function allocateGuestPage(address: bigint): Operation {
  return operation('map', `EPT: guest-physical ${hex(address)}`, Cost.PAGE_WALK, (host) =>
    BigInt(host.allocateGuestPage(address)),
  );
}

/** Whether RAM was promised to the guest at this address: 1 or 0. */
export function isGuestRam(address: bigint): Operation {
  return operation('test', `guest RAM at ${hex(address)}`, Cost.SOFTWARE, (host) =>
    host.isGuestRam(address) ? 1n : 0n,
  );
}

/** Decodes the guest's instruction in software: its length in bytes, or 0 when it cannot be read. */
export function decodeLength(linear: bigint): Operation {
  return operation('decode', `guest-linear ${hex(linear)}`, Cost.SOFTWARE, (host) =>
    BigInt(host.decodeLength(linear)),
  );
}

/** The guest has ended: power-off, or a shutdown that nobody handles. */
export function stopGuest(end: GuestEnd): Operation {
  const stop = operation(
    'stop',
    endOperand(end),
    Cost.SOFTWARE,
    nothing((host) => {
      host.stopGuest(end);
    }),
  );
  return { ...stop, kind: 'end', end };
}

/** Nothing that is scheduled can go on: the guest waits for a key, a byte, a packet. */
export function waitForInput(): Operation {
  const wait = operation(
    'wait',
    'for input from outside',
    Cost.SOFTWARE,
    nothing((host) => {
      host.waiting = true;
    }),
  );
  return { ...wait, kind: 'wait' };
}

/** Prints a byte on the guest's console, for the console hypercall. */
export function consoleWrite(byte: number): Operation {
  return operation('print', hex(byte), Cost.SOFTWARE, nothing((host) => { host.consoleWrite(byte); })); // prettier-ignore
}

/** The host's timer has done its work and must be armed again. */
export function timerFired(): Operation {
  return operation('note', 'host timer expired', Cost.SOFTWARE, nothing((host) => { host.timerFired(); })); // prettier-ignore
}

/** RDTSC on the host. */
export function rdtsc(): Operation {
  return operation('RDTSC', '', Cost.SOFTWARE, (host) => host.rdtsc());
}

/** MOV from a debug register of the host, which still holds the guest's value. */
export function readDebugRegister(number: number): Operation {
  return operation('MOV', `…, DR${String(number)}`, Cost.GPR, (host) => host.debugRegister(number));
}

export function writeDebugRegister(number: number, value: bigint): Operation {
  const text = `DR${String(number)}, ${hex(value)}`;
  return operation('MOV', text, Cost.GPR, nothing((host) => { host.setDebugRegister(number, value); })); // prettier-ignore
}
