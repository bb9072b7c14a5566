import { Cost } from '../cost';
import { softwareOf } from '../emulate/operations';
import { FORCED_EMULATION } from '../hypercalls';
import { MonitorError, type Host } from '../host/host';
import { instruction } from '../instruction';
import type { Transfer } from './block-device';
import { EVENT_SOURCES, type ParavirtGuest } from './paravirt-guest';

/** The operations of a monitor whose guest knows of it. */

/** @throws MonitorError where there is none */
function paravirtOf({ paravirt }: Host): ParavirtGuest {
  if (!paravirt) throw new MonitorError('no guest is paravirtual');
  return paravirt;
}

const CPUID = [0x0f, 0xa2] as const;
const FORCED_CPUID = [...FORCED_EMULATION, ...CPUID];

/** Where the guest's instruction is CPUID with the prefix for forced emulation, goes past the prefix. */
export const skipPrefix = instruction('compare', Cost.MEMORY, {
  perform: (host: Host) => {
    const { state } = softwareOf(host);
    const bytes = host.deprivileged?.codeBytes() ?? [];
    if (!FORCED_CPUID.every((byte, n) => bytes[n] === byte)) return 0n;
    state.rip += BigInt(FORCED_EMULATION.length);
    return 1n;
  },
  operands: () => ['[vcpu.RIP]', 'UD2, "vmm", CPUID'],
});

/** Makes one of the virtual IF and of that in the shared page, and tells the guest there what waits. */
export const synchronizeSharedPage = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host) => {
    host.paravirt?.synchronize(host.virtualInterruptPending() !== 0n);
  },
  operands: () => ['[shared page]', '[vcpu.RFLAGS.IF], what waits, time'],
});

/** An argument of a hypercall: as many bits as the guest's registers have. */
export const readArgument = instruction('MOV', Cost.GPR, {
  perform: (host: Host, index: number, _name: string) => {
    const { state } = softwareOf(host);
    return BigInt.asUintN(state.codeBits === 64 ? 64 : 32, state.gpr(index));
  },
  operands: (_, name) => ['…', `[vcpu.${name}]`],
});

/** Walks the guest's page tables for a linear address: the guest-physical one, or -1 where no RAM is, or not for that. */
export const locate = instruction('walk', Cost.PAGE_WALK, {
  perform: (host: Host, linear: bigint, write: boolean) => paravirtOf(host).locate(linear, write),
  operands: (linear, write) => [['guest-linear', linear], write ? 'for a write' : 'for a read'],
});

/** Whether RAM lies at a guest-physical address: 1, or 0. */
export const isRam = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host, address: bigint) => (paravirtOf(host).isRam(address) ? 1n : 0n),
  operands: (address) => [['RAM at guest-physical', address]],
});

/** Prints bytes that lie within a page. */
export const printBytes = instruction('print', Cost.SOFTWARE, {
  perform: (host: Host, address: bigint, length: number) => {
    for (const byte of host.guestMemory.readBytes(address, length)) host.consoleWrite(byte);
  },
  operands: (address, length) => [['guest-physical', address], length],
});

/** The guest has this page in common with the monitor from now on. */
export const sharePage = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host, address: bigint, vector: number) => {
    paravirtOf(host).share(address, vector);
  },
  operands: (address, vector) => [
    ['shared page: guest-physical', address],
    ['vector', vector],
  ],
});

/** Whether there is a shared page: 1, or 0. */
export const hasSharedPage = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (paravirtOf(host).isShared ? 1n : 0n),
  operands: () => ['is there a shared page'],
});

export const bindEvent = instruction('note', Cost.SOFTWARE, {
  perform: (host: Host, source: number, channel: number) => {
    const name = EVENT_SOURCES[source];
    if (name) paravirtOf(host).bind(name, channel);
  },
  operands: (source, channel) => [`channel ${String(channel)}`, EVENT_SOURCES[source] ?? ''],
});

export const unmaskEvent = instruction('BTR', Cost.MEMORY, {
  perform: (host: Host, channel: number) => {
    paravirtOf(host).unmask(channel);
  },
  operands: (channel) => ['[shared page: mask]', channel],
});

/** One event of the timer's, at a time of the guest's; 0: none. */
export const setTimer = instruction('set', Cost.SOFTWARE, {
  perform: (host: Host, time: bigint) => {
    paravirtOf(host).setTimer(time === 0n ? undefined : Number(time));
  },
  operands: (time) => [['virtual timer', time]],
});

/** How wide an entry of the guest's page tables is, in bytes. */
export const entryBytes = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(paravirtOf(host).entryBytes),
  operands: () => ['[vcpu]: width of a paging-structure entry'],
});

/** MOV to CR3: what the processors know of the guest's page tables is no longer so. */
export const forgetTranslations = instruction('forget translations', Cost.CR_WRITE, {
  perform: (host: Host) => {
    host.cpu.flushWorld(0);
    host.cpu.flushWorld(1);
  },
  operands: () => ['of the guest’s'],
});

/** Where the guest's TSS has its stack pointer for traps: a linear address, or -1 without such a TSS. */
export const stackInTss = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => paravirtOf(host).stackInTss,
  operands: () => ['RSP0 in the guest’s TSS'],
});

/** How wide it is there, in bytes. */
export const stackBytes = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(paravirtOf(host).stackBytes),
  operands: () => ['[vcpu]: width of a stack pointer'],
});

/** MOV to CR3 on the virtual processor: 1, or 0 where it refuses the value. */
export const loadRoot = instruction('MOV', Cost.CR_WRITE, {
  perform: (host: Host, value: bigint) => {
    const taken = paravirtOf(host).loadRoot(value);
    return taken ? 1n : 0n;
  },
  operands: (value) => ['[vcpu.CR3]', value],
});

/** Whether the guest's own tables are those that the processor walks: 1, or 0. */
export const usesDirectPaging = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (paravirtOf(host).direct.isUsed ? 1n : 0n),
  operands: () => ['direct paging'],
});

/** Whether they could be: 4-level paging, and they are not yet: 1, or 0. */
export const canUseDirectPaging = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (paravirtOf(host).canUseDirectPaging ? 1n : 0n),
  operands: () => ['[vcpu]: 4-level paging'],
});

/** The host-physical address of a page of the guest's RAM. */
export const frameOfPage = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host, page: bigint) => BigInt(paravirtOf(host).direct.frameOfPage(page)),
  operands: (page) => [['frame of guest-physical', page]],
});

/** Validates the tables from a root on, and has the processor walk them: 1, or 0 where it is refused. */
export const beginDirectPaging = instruction('validate', Cost.PAGE_WALK, {
  perform: (host: Host, root: bigint) => (paravirtOf(host).beginDirectPaging(root) ? 1n : 0n),
  operands: (root) => [['PML4', root]],
});

/** Validates a table and keeps its type: 1, or 0 where it is refused. */
export const pinTable = instruction('validate', Cost.PAGE_WALK, {
  perform: (host: Host, table: bigint, level: number) =>
    paravirtOf(host).direct.pin(Number(table), level) ? 1n : 0n,
  operands: (table, level) => [[`table of level ${String(level)}`, table]],
});

/** Gives the type up: 1, or 0 where it is not pinned. */
export const unpinTable = instruction('release', Cost.SOFTWARE, {
  perform: (host: Host, table: bigint) => (paravirtOf(host).direct.unpin(Number(table)) ? 1n : 0n),
  operands: (table) => [['table', table]],
});

/** Validates an entry and writes it: its old value, or -1 where it is refused. */
export const replaceEntry = instruction('validate', Cost.PAGE_WALK, {
  perform: (host: Host, address: bigint, value: bigint) =>
    paravirtOf(host).direct.types.replace(Number(address), value) ?? -1n,
  operands: (address, value) => [['entry at', address], value],
});

/** How many sectors the guest's disk has; 0 where there is none. */
export const diskSectors = instruction('look up', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(paravirtOf(host).disk.sectors),
  operands: () => ['sectors of the disk'],
});

/** Whether a transfer is going on: 1, or 0. */
export const diskIsBusy = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (paravirtOf(host).disk.isBusy ? 1n : 0n),
  operands: () => ['is the disk busy'],
});

const transferText = ({ write, sector, addresses }: Transfer): string =>
  `${write ? 'to' : 'from'} sector ${String(sector)}, ${String(addresses.length)}`;

/** Moves sectors at once. */
export const transferSectors = instruction('copy', Cost.EMULATION, {
  perform: (host: Host, transfer: Transfer) => {
    paravirtOf(host).disk.transfer(transfer);
  },
  operands: (transfer) => [transferText(transfer)],
});

/** Begins to; an event tells the end. */
export const startTransfer = instruction('start', Cost.SOFTWARE, {
  perform: (host: Host, transfer: Transfer) => {
    paravirtOf(host).disk.start(transfer);
  },
  operands: (transfer) => [transferText(transfer)],
});
