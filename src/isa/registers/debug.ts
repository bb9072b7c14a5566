import { bit, bits, masksOf, range, table, wideMasksOf, type BitField } from '../bits';

/** DR6, the debug status register (SDM 3B 18.2.3). BLD and RTM are 0 when the condition was met. */
export const DR6 = table('DR6', 'SDM 3B 18.2.3', [
  bit('B0', 0, 'The condition of breakpoint 0 was met.'),
  bit('B1', 1, 'The condition of breakpoint 1 was met.'),
  bit('B2', 2, 'The condition of breakpoint 2 was met.'),
  bit('B3', 3, 'The condition of breakpoint 3 was met.'),
  bit('BLD', 11, 'Bus lock: 0 when a bus lock caused the debug exception.'),
  bit('BD', 13, 'The next instruction accesses a debug register while DR7.GD is set.'),
  bit('BS', 14, 'Single step (RFLAGS.TF).'),
  bit('BT', 15, 'Task switch to a task whose TSS has the T flag set.'),
  bit('RTM', 16, '0 when the debug exception came inside a transactional region.'),
]);
export const Dr6 = wideMasksOf(DR6);

/** The value of DR6 after reset: the bits that read 1, BLD and RTM among them. */
export const DR6_INITIAL = 0xffff0ff0n;

/** What MOV to DR6 can change on a processor without bus-lock detection and RTM. */
export const DR6_WRITABLE = bits(15, 13) | bits(3, 0);

const CONDITION = {
  0: 'execution',
  1: 'data writes',
  2: 'I/O reads and writes',
  3: 'data reads and writes',
} as const;
const LENGTH = { 0: '1 byte', 1: '2 bytes', 2: '8 bytes', 3: '4 bytes' } as const;

function breakpoint<const N extends 0 | 1 | 2 | 3>(n: N) {
  const low = 16 + 4 * n;
  return [
    bit(`L${n}` as const, 2 * n, `Breakpoint ${n} is enabled for the current task.`),
    bit(`G${n}` as const, 2 * n + 1, `Breakpoint ${n} is enabled for all tasks.`),
    range(`RW${n}` as const, low + 1, low, `What breakpoint ${n} waits for.`, CONDITION),
    range(`LEN${n}` as const, low + 3, low + 2, `How many bytes breakpoint ${n} covers.`, LENGTH),
  ] as const satisfies readonly BitField[];
}

/** DR7, the debug control register (SDM 3B 18.2.4). */
export const DR7 = table('DR7', 'SDM 3B 18.2.4', [
  ...breakpoint(0),
  ...breakpoint(1),
  ...breakpoint(2),
  ...breakpoint(3),
  bit('LE', 8, 'Exact data breakpoints, local (no effect on current processors).'),
  bit('GE', 9, 'Exact data breakpoints, global (no effect on current processors).'),
  bit('RTM', 11, 'Advanced debugging of transactional regions.'),
  bit('GD', 13, 'General detect: the next access to a debug register raises #DB.'),
]);
export const Dr7 = masksOf(DR7);
export const WideDr7 = wideMasksOf(DR7);
/** L0 to L3 and LE, which a task switch clears (SDM 3A 8.3). */
export const LOCAL_ENABLES = WideDr7.L0 | WideDr7.L1 | WideDr7.L2 | WideDr7.L3 | WideDr7.LE;

/** The value of DR7 after reset: bit 10 always reads 1. */
export const DR7_INITIAL = 0x400n;

/** What MOV to DR7 can change on a processor without RTM. */
export const DR7_WRITABLE = bits(31, 16) | bits(13, 13) | bits(9, 0);

/** L0 to G3: any of them enables a breakpoint. */
export const DR7_ENABLES = bits(7, 0);
