import { fieldByEncoding, type Field } from '../isa/vmx/fields';
import { gprName } from '../isa/registers/general';
import { Cost } from './cost';
import { endOperand, type GuestEnd } from './end';
import type { Host } from './host/host';
import type { Operation, OperationKind, Site } from './operation';

/** The operations that handlers yield, by the names of the instructions they stand for. */

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;
const fieldName = (field: Field): string => fieldByEncoding(field)?.id ?? hex(field);

/** A word, a number to be shown in hexadecimal, or both: 'guest-linear 0x7c00'. */
type Operand = string | number | bigint | readonly [what: string, value: number | bigint];

function shown(operand: Operand): string {
  if (typeof operand === 'string') return operand;
  return typeof operand === 'object' ? `${operand[0]} ${hex(operand[1])}` : hex(operand);
}

const NO_FIELDS: readonly number[] = [];

/** An operation whose operands are put into words when somebody looks, which is seldom. */
class DescribedOperation implements Operation {
  site: Site | undefined = undefined;
  callers: readonly Site[] | undefined = undefined;

  constructor(
    readonly name: string,
    private readonly parts: readonly Operand[],
    readonly cycles: number,
    /** What it does; its result, if it has one. */
    private readonly action: (host: Host) => unknown,
    /** The VMCS field that it reads or writes: its first operand. */
    private readonly field?: Field,
    readonly kind: OperationKind = 'plain',
    readonly end?: GuestEnd,
  ) {}

  get operands(): string {
    const names = this.field === undefined ? [] : [fieldName(this.field)];
    return [...names, ...this.parts.map(shown)].join(', ');
  }

  get fields(): readonly number[] {
    return this.field === undefined ? NO_FIELDS : [this.field];
  }

  perform(host: Host): bigint {
    const result = this.action(host);
    return typeof result === 'bigint' ? result : 0n;
  }
}

const NONE: readonly never[] = [];

/** An operation with a result. */
function operation(
  name: string,
  operands: readonly Operand[],
  cycles: number,
  action: (host: Host) => bigint,
  field?: Field,
): Operation {
  return new DescribedOperation(name, operands, cycles, action, field);
}

/** An operation without one. */
function command(
  name: string,
  operands: readonly Operand[],
  cycles: number,
  action: (host: Host) => void,
  field?: Field,
): Operation {
  return new DescribedOperation(name, operands, cycles, action, field);
}

/** VMREAD: the value of a field of the current VMCS. */
export function vmread(field: Field): Operation {
  return operation('VMREAD', NONE, Cost.VMREAD, (host) => host.vmread(field), field);
}

/** VMWRITE to a field of the current VMCS. */
export function vmwrite(field: Field, value: bigint | number): Operation {
  const wide = BigInt(value);
  return command('VMWRITE', [wide], Cost.VMWRITE, (host) => host.vmwrite(field, wide), field);
}

export function vmxon(pointer: number): Operation {
  return command('VMXON', [pointer], Cost.VMXON, (host) => host.vmxon(pointer));
}

export function vmclear(pointer: number): Operation {
  return command('VMCLEAR', [pointer], Cost.VMCLEAR, (host) => host.vmclear(pointer));
}

export function vmptrld(pointer: number): Operation {
  return command('VMPTRLD', [pointer], Cost.VMPTRLD, (host) => host.vmptrld(pointer));
}

function entry(name: string, action: (host: Host) => bigint): Operation {
  return new DescribedOperation(name, NONE, Cost.VM_ENTRY, action, undefined, 'entry');
}

/** VM entry. The result is 0 when the guest was entered, or the VM-instruction error. */
export function vmlaunch(): Operation {
  return entry('VMLAUNCH', (host) => host.enter(true));
}

export function vmresume(): Operation {
  return entry('VMRESUME', (host) => host.enter(false));
}

/** INVEPT, single-context: forgets what the processor knows of the current EPT. */
export function invept(): Operation {
  return command('INVEPT', ['single-context'], Cost.INVEPT, (host) => host.invept());
}

/** INVVPID, individual-address. */
export function invvpid(linear: bigint): Operation {
  return command('INVVPID', [linear], Cost.INVEPT, (host) => host.invvpid());
}

/** Stores the general-purpose registers, which hardware does not switch, in the vCPU's save area. */
export function saveGuestRegisters(): Operation {
  const operands = ['[vcpu.gpr]', 'RAX … R15'];
  return command('MOV', operands, Cost.GPR_BLOCK, (host) => host.saveGuestRegisters());
}

/** Loads them again, before a VM entry. */
export function restoreGuestRegisters(): Operation {
  const operands = ['RAX … R15', '[vcpu.gpr]'];
  return command('MOV', operands, Cost.GPR_BLOCK, (host) => host.restoreGuestRegisters());
}

/** How a register in the save area is written. */
const SAVED = Array.from({ length: 16 }, (_, n) => `[vcpu.gpr.${gprName(n, 64).toUpperCase()}]`);
const saved = (index: number): string => SAVED[index] ?? '';

/** The guest's register (0 = RAX … 15 = R15; RSP comes from the VMCS). */
export function guestRegister(index: number): Operation {
  return operation('MOV', ['…', saved(index)], Cost.GPR, (host) => host.guestRegister(index));
}

export function setGuestRegister(index: number, value: bigint): Operation {
  const operands = [saved(index), value];
  return command('MOV', operands, Cost.GPR, (host) => host.setGuestRegister(index, value));
}

/** Executes CPUID on the host; the result packs EAX, EBX, ECX, EDX from the lowest 32 bits up. */
export function cpuid(leaf: number, subleaf: number): Operation {
  return operation('CPUID', [leaf, subleaf], Cost.CPUID, (host) => host.cpuid(leaf, subleaf));
}

/** Reads a host MSR. */
export function rdmsr(number: number): Operation {
  return operation('RDMSR', [number], Cost.MSR, (host) => host.rdmsr(number));
}

/** Writes a host MSR. The result is 1, or 0 when the processor refused the value with #GP(0). */
export function wrmsr(number: number, value: bigint): Operation {
  const operands = [number, value];
  return operation('WRMSR', operands, Cost.MSR, (host) => (host.wrmsr(number, value) ? 1n : 0n));
}

/** Writes 4 bytes of host-physical memory. */
export function writeHostPhysical(address: number, value: number): Operation {
  const operands = [['host-physical', address], value] as const;
  return command('MOV', operands, Cost.MEMORY, (host) => host.writePhysical(address, value));
}

/** IN on the host: a real device. */
export function hostIn(port: number, bytes: 1 | 2 | 4): Operation {
  return operation('IN', [port], Cost.PORT, (host) => BigInt(host.in(port, bytes)));
}

export function hostOut(port: number, bytes: 1 | 2 | 4, value: number): Operation {
  return command('OUT', [port, value], Cost.PORT, (host) => host.out(port, bytes, value));
}

/** Reads a port of the guest's virtual devices. */
export function deviceRead(port: number, bytes: 1 | 2 | 4): Operation {
  const operands = [['virtual port', port]] as const;
  return operation('emulate IN', operands, Cost.SOFTWARE, (host) =>
    BigInt(host.deviceRead(port, bytes)),
  );
}

export function deviceWrite(port: number, bytes: 1 | 2 | 4, value: number): Operation {
  const operands = [['virtual port', port], value] as const;
  return command('emulate OUT', operands, Cost.SOFTWARE, (host) =>
    host.deviceWrite(port, bytes, value),
  );
}

/** Whether the guest's virtual interrupt controller requests an interrupt: 1, or 2 while a debugger holds it. */
export function interruptPending(): Operation {
  return operation('test', ['virtual INTR'], Cost.SOFTWARE, (host) =>
    host.virtualInterruptPending(),
  );
}

/** The acknowledge cycle of the virtual interrupt controller: the vector. */
export function acknowledgeInterrupt(): Operation {
  return operation('acknowledge', ['virtual INTR'], Cost.SOFTWARE, (host) =>
    host.acknowledgeVirtualInterrupt(),
  );
}

/** Programs the host's timer for the next moment at which a virtual device has something to do. */
export function armHostTimer(): Operation {
  return command('OUT', ['0x40 (host PIT)'], Cost.PORT, (host) => host.armTimer());
}

/** HLT on the host, until an interrupt. The result is 0 when nothing can ever end it. */
export function hostHalt(): Operation {
  return operation('HLT', NONE, Cost.SOFTWARE, (host) => (host.halt() ? 1n : 0n));
}

/** Reads 1 to 8 bytes of guest-physical memory. */
export function readGuestPhysical(address: bigint, bytes: number): Operation {
  return operation('MOV', ['…', ['guest-physical', address]], Cost.MEMORY, (host) =>
    host.readGuestPhysical(address, bytes),
  );
}

export function writeGuestPhysical(address: bigint, bytes: number, value: bigint): Operation {
  return command('MOV', [['guest-physical', address], value], Cost.MEMORY, (host) =>
    host.writeGuestPhysical(address, bytes, value),
  );
}

/** Walks the guest's page tables in software: the guest-physical address, or all ones. */
export function walkGuest(linear: bigint): Operation {
  return operation('walk', [['guest-linear', linear]], Cost.PAGE_WALK, (host) =>
    host.walkGuest(linear),
  );
}

/** Takes a free host frame for a guest-physical page and maps it in the EPT. */
export function allocateGuestPage(address: bigint): Operation {
  return operation('map', [['EPT: guest-physical', address]], Cost.PAGE_WALK, (host) =>
    BigInt(host.allocateGuestPage(address)),
  );
}

/** Whether RAM was promised to the guest at this address: 1 or 0. */
export function isGuestRam(address: bigint): Operation {
  return operation('test', [['guest RAM at', address]], Cost.SOFTWARE, (host) =>
    host.isGuestRam(address) ? 1n : 0n,
  );
}

/** Decodes the guest's instruction in software: its length in bytes, or 0 when it cannot be read. */
export function decodeLength(linear: bigint): Operation {
  return operation('decode', [['guest-linear', linear]], Cost.SOFTWARE, (host) =>
    BigInt(host.decodeLength(linear)),
  );
}

/** The guest has ended: power-off, or a shutdown that nobody handles. */
export function stopGuest(end: GuestEnd): Operation {
  const action = (host: Host): void => host.stopGuest(end);
  const operands = [endOperand(end)];
  return new DescribedOperation('stop', operands, Cost.SOFTWARE, action, undefined, 'end', end);
}

/** Nothing that is scheduled can go on: the guest waits for a key, a byte, a packet. */
export function waitForInput(): Operation {
  const action = (host: Host): void => host.wait();
  const operands = ['for input from outside'];
  return new DescribedOperation('wait', operands, Cost.SOFTWARE, action, undefined, 'wait');
}

/** Prints a byte on the guest's console, for the console hypercall. */
export function consoleWrite(byte: number): Operation {
  return command('print', [byte], Cost.SOFTWARE, (host) => host.consoleWrite(byte));
}

/** The host's timer has done its work and must be armed again. */
export function timerFired(): Operation {
  return command('note', ['host timer expired'], Cost.SOFTWARE, (host) => host.timerFired());
}

/** RDTSC on the host. */
export function rdtsc(): Operation {
  return operation('RDTSC', NONE, Cost.SOFTWARE, (host) => host.rdtsc());
}

/** MOV from CR8, which VM exits and entries leave alone: it holds the guest's value. */
export function readCr8(): Operation {
  return operation('MOV', ['…', 'CR8'], Cost.GPR, (host) => host.cr8);
}

export function writeCr8(value: bigint): Operation {
  return command('MOV', ['CR8', value], Cost.GPR, (host) => {
    host.cr8 = value;
  });
}

/** MOV from a debug register of the host, which still holds the guest's value. */
export function readDebugRegister(number: number): Operation {
  const operands = ['…', `DR${String(number)}`];
  return operation('MOV', operands, Cost.GPR, (host) => host.debugRegister(number));
}

export function writeDebugRegister(number: number, value: bigint): Operation {
  const operands = [`DR${String(number)}`, value];
  return command('MOV', operands, Cost.GPR, (host) => host.setDebugRegister(number, value));
}
