import { Cost } from '../cost';
import { MonitorError, type Host } from '../host/host';
import { instruction, type Shown } from '../instruction';
import type { HostKernel, ProcessPage } from './host-kernel';
import { GUEST_RAM } from './host-process';

/** The operations of the host's kernel that gives a guest, which is a process of its, memory. */

/** @throws MonitorError where the monitor has the computer for itself */
function kernelOf({ hosting }: Host): HostKernel {
  if (!hosting) throw new MonitorError('the monitor has no host');
  return hosting.kernel;
}

const ownPage = ({ hosting, guestMemory }: Host, address: bigint): ProcessPage => ({
  number: hosting?.number ?? 0,
  page: guestMemory.ramPage(address),
});

/** Pages as results: the number of the process in the upper half, 0 is none. */
const packed = ({ number, page }: ProcessPage): bigint =>
  (BigInt(number + 1) << 48n) | BigInt(page);

const unpacked = (page: bigint): ProcessPage => ({
  number: Number(page >> 48n) - 1,
  page: Number(BigInt.asUintN(48, page)),
});

const hostEntry = (address: bigint): Shown => [
  'page-table entry of HVA',
  GUEST_RAM + (address & ~0xfffn),
];

function pageShown(page: bigint): Shown {
  const { number, page: address } = unpacked(page);
  return [`process ${String(number)}: HVA`, GUEST_RAM + BigInt(address)];
}

/** What the process's page table says of a page: the entry, which is not present. */
export const readHostEntry = instruction('MOV', Cost.PAGE_WALK, {
  perform: (host: Host, address: bigint) => {
    const { number, page } = ownPage(host, address);
    return kernelOf(host).process(number).entry(page);
  },
  operands: (address) => ['…', hostEntry(address)],
});

/** Whether the host has so few frames left that room is to be made: 1, or 0. */
export const framesAreShort = instruction('test', Cost.SOFTWARE, {
  perform: (host: Host) => (kernelOf(host).isShort ? 1n : 0n),
  operands: () => ['free frames of the host'],
});

/** The page that has been in memory longest, of whichever process; 0 where none can go. */
export const isolateVictim = instruction('choose', Cost.SOFTWARE, {
  perform: (host: Host) => {
    const page = kernelOf(host).isolateOldest();
    return page ? packed(page) : 0n;
  },
  operands: () => ['the page that came first'],
});

/**
 * Tells whoever has a page of the process mapped that it goes (what Linux calls an MMU notifier): its entry in the EPT, or
 * in shadow tables, is cleared, and the processor forgets it.
 */
export const invalidateGuestPage = instruction('invalidate', Cost.INVEPT, {
  perform: (host: Host, page: bigint) => {
    kernelOf(host).withdraw(unpacked(page));
  },
  operands: (page) => [pageShown(page)],
});

/** Writes a page to the swap device. The result is the slot. */
export const writeToSwap = instruction('write', Cost.SWAP, {
  perform: (host: Host, page: bigint) => BigInt(kernelOf(host).writeAway(unpacked(page))),
  operands: (page) => ['swap device', pageShown(page)],
});

/** The entry is not present from now on and holds the slot; the frame is free. */
export const unmapHostPage = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, page: bigint, slot: bigint) => {
    kernelOf(host).unmap(unpacked(page), Number(slot));
  },
  operands: (page, slot) => [pageShown(page), `not present, slot ${String(slot)}`],
});

/** A free frame, all zeros: its host-physical address. */
export const takeHostFrame = instruction('take', Cost.SOFTWARE, {
  perform: (host: Host) => BigInt(kernelOf(host).takeFrame()),
  operands: () => ['a free frame'],
});

/** Reads a page back from the swap device into a frame. */
export const readFromSwap = instruction('read', Cost.SWAP, {
  perform: (host: Host, address: bigint, frame: bigint) => {
    kernelOf(host).readBack(ownPage(host, address), Number(frame));
  },
  operands: (address, frame) => [
    ['frame', frame],
    ['swap device: HVA', GUEST_RAM + (address & ~0xfffn)],
  ],
});

/** The entry of a page leads to a frame. */
export const mapHostPage = instruction('MOV', Cost.MEMORY, {
  perform: (host: Host, address: bigint, frame: bigint) => {
    kernelOf(host).map(ownPage(host, address), Number(frame));
  },
  operands: (address, frame) => [hostEntry(address), ['frame', frame]],
});
