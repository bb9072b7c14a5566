import { bit, masksOf, named, range, table, type BitTable } from '../bits';
import { gprName } from '../registers/general';

/** The layouts of exit qualifications (SDM 3C 28.2.1). */

const REGISTERS: Readonly<Record<number, string>> = Object.fromEntries(
  Array.from({ length: 16 }, (_, index) => [index, gprName(index, 64).toUpperCase()]),
);

/** Control-register accesses (SDM 3C table 28-3). */
export const CR_ACCESS = table('Control-register access', 'SDM 3C 28.2.1', [
  named(
    'Control register',
    range('CR', 3, 0, 'Number of the register; 0 for CLTS and LMSW.', {
      0: 'CR0',
      3: 'CR3',
      4: 'CR4',
      8: 'CR8',
    }),
  ),
  named(
    'Access type',
    range('ACCESS', 5, 4, 'The instruction that accessed the register.', {
      0: 'MOV to CR',
      1: 'MOV from CR',
      2: 'CLTS',
      3: 'LMSW',
    }),
  ),
  named(
    'LMSW operand',
    bit('LMSW_MEMORY', 6, 'Whether the operand of LMSW is a register or in memory.', {
      0: 'register',
      1: 'memory',
    }),
  ),
  named('Register', range('GPR', 11, 8, 'Source or destination of MOV CR.', REGISTERS)),
  named('LMSW source data', range('LMSW_DATA', 31, 16, 'The value LMSW would load.')),
]);
export const CrAccessType = { MOV_TO: 0, MOV_FROM: 1, CLTS: 2, LMSW: 3 } as const;

/** MOV DR (SDM 3C table 28-4). */
export const MOV_DR = table('MOV DR', 'SDM 3C 28.2.1', [
  named('Debug register', range('DR', 2, 0, 'Number of the register.')),
  named(
    'Direction',
    bit('FROM', 4, 'Whether the debug register is read or written.', {
      0: 'MOV to DR',
      1: 'MOV from DR',
    }),
  ),
  named('Register', range('GPR', 11, 8, 'The general-purpose register.', REGISTERS)),
]);

/** I/O instructions (SDM 3C table 28-5). */
export const IO_INSTRUCTION = table('I/O instruction', 'SDM 3C 28.2.1', [
  named(
    'Size of access',
    range('SIZE', 2, 0, 'Bytes less one.', { 0: '1 byte', 1: '2 bytes', 3: '4 bytes' }),
  ),
  named('Direction', bit('IN', 3, 'Whether the port is read or written.', { 0: 'OUT', 1: 'IN' })),
  named(
    'String instruction',
    bit('STRING', 4, 'Whether it is INS or OUTS.', { 0: 'no', 1: 'string' }),
  ),
  named('REP prefixed', bit('REP', 5, 'The instruction repeats.', { 0: 'no', 1: 'REP' })),
  named(
    'Operand encoding',
    bit('IMMEDIATE', 6, 'Where the instruction has the port number.', { 0: 'DX', 1: 'immediate' }),
  ),
  named('Port number', range('PORT', 31, 16, 'The I/O port.')),
]);

/** Debug exceptions (SDM 3C table 28-1). */
export const DEBUG_EXCEPTION = table('Debug exception', 'SDM 3C 28.2.1', [
  bit('B0', 0, 'The condition of breakpoint 0 was met.'),
  bit('B1', 1, 'The condition of breakpoint 1 was met.'),
  bit('B2', 2, 'The condition of breakpoint 2 was met.'),
  bit('B3', 3, 'The condition of breakpoint 3 was met.'),
  bit('BLD', 11, 'A bus lock was detected.'),
  bit('BD', 13, 'A debug register was accessed with DR7.GD set.'),
  bit('BS', 14, 'Single step.'),
  bit('RTM', 16, 'The exception came inside a transactional region.'),
]);

/** Task switches (SDM 3C table 28-2). */
export const TASK_SWITCH = table('Task switch', 'SDM 3C 28.2.1', [
  named('Selector', range('SELECTOR', 15, 0, 'Selector of the TSS to which the guest switches.')),
  named(
    'Source',
    range('SOURCE', 31, 30, 'What started the task switch.', {
      0: 'CALL instruction',
      1: 'IRET instruction',
      2: 'JMP instruction',
      3: 'Task gate in the IDT',
    }),
  ),
]);

/** How an exit tells that IRET had unblocked NMIs, or that it belongs to no instruction. */
const NMI_UNBLOCKING = named(
  'NMI unblocking due to IRET',
  bit('NMI_UNBLOCKING', 12, 'IRET had unblocked NMIs.'),
);
const ASYNCHRONOUS = named(
  'Asynchronous',
  bit('ASYNCHRONOUS', 16, 'Not caused by the current instruction.'),
);

/** EPT violations (SDM 3C table 28-7). */
export const EPT_VIOLATION = table('EPT violation', 'SDM 3C 28.2.1', [
  named('Read', bit('READ', 0, 'The access was a data read.')),
  named('Write', bit('WRITE', 1, 'The access was a data write.')),
  named('Fetch', bit('FETCH', 2, 'The access was an instruction fetch.')),
  named('Readable', bit('READABLE', 3, 'All EPT entries used allow reads.')),
  named('Writable', bit('WRITABLE', 4, 'All EPT entries used allow writes.')),
  named('Executable', bit('EXECUTABLE', 5, 'All EPT entries used allow fetches.')),
  named(
    'User-executable',
    bit('USER_EXECUTABLE', 6, 'Fetches from user pages are allowed (mode-based control).'),
  ),
  named('Linear address valid', bit('LINEAR_VALID', 7, 'The guest-linear-address field is valid.')),
  named(
    'Kind of access',
    bit(
      'TRANSLATED',
      8,
      'Whose address could not be translated (if the linear address is valid).',
      {
        0: 'access to a guest paging-structure entry',
        1: 'access to the translation of the linear address',
      },
    ),
  ),
  named('User page', bit('USER', 9, 'The linear address is a user-mode address.')),
  named('Writable page', bit('GUEST_WRITABLE', 10, 'Guest paging allows writes.')),
  named('Execute-disable page', bit('GUEST_XD', 11, 'Guest paging forbids fetches.')),
  NMI_UNBLOCKING,
  named('Shadow-stack access', bit('SHADOW_STACK', 13, 'The access was to a shadow stack.')),
  named(
    'Supervisor shadow stack',
    bit('SSS', 14, 'All EPT entries used allow supervisor shadow-stack accesses (bit 60).'),
  ),
  named(
    'Guest-paging verification',
    bit('VERIFICATION', 15, 'The violation comes from guest-paging verification.'),
  ),
  ASYNCHRONOUS,
]);
export const EptViolation = masksOf(EPT_VIOLATION);

/** APIC accesses (SDM 3C table 28-6). */
export const APIC_ACCESS = table('APIC access', 'SDM 3C 28.2.1', [
  named('Offset', range('OFFSET', 11, 0, 'Offset of the register within the APIC page.')),
  named(
    'Access type',
    range('TYPE', 15, 12, 'Kind of the access.', {
      0: 'data read',
      1: 'data write',
      2: 'instruction fetch',
      3: 'access during event delivery',
      4: 'access for monitoring',
      10: 'guest-physical access during event delivery',
      11: 'guest-physical access for monitoring or trace',
      15: 'guest-physical access',
    }),
  ),
  ASYNCHRONOUS,
]);

/** How a page was accessed that is treated specially: bits 15:12 (SDM 3C table 28-6). */
export const ApicAccessType = {
  READ: 0,
  WRITE: 1,
  FETCH: 2,
  EVENT_DELIVERY: 3,
  /** Guest-physical accesses: of page walks under EPT. */
  PHYSICAL_EVENT_DELIVERY: 10,
  PHYSICAL: 15,
  SHIFT: 12,
} as const;

/** Exits where the qualification is one whole value. */
export function whole(name: string, gloss: string): BitTable {
  return table(name, 'SDM 3C 28.2.1', [named(name, range('VALUE', 63, 0, gloss))]);
}

export const PAGE_FAULT = whole(
  'Linear address',
  'The address whose access raised the page fault.',
);
export const MSR_NUMBER = table('MSR', 'ISE 319433', [
  named('MSR', range('MSR', 31, 0, 'Number of the MSR.')),
]);
export const PASID = table('PASID', 'ISE 319433', [
  named('PASID', range('PASID', 19, 0, 'The guest’s identifier that has no translation.')),
]);
export const VIRTUALIZED_EOI = table('Virtualized EOI', 'SDM 3C 30.1.4', [
  named('Vector', range('VECTOR', 7, 0, 'Vector of the interrupt that has ended.')),
]);
export const APIC_WRITE = table('APIC write', 'SDM 3C 30.4.3.3', [
  named('Offset', range('OFFSET', 11, 0, 'Offset of the register within the APIC page.')),
]);
export const PML_FULL = table('Page-modification log full', 'SDM 3C 28.2.1', [
  NMI_UNBLOCKING,
  ASYNCHRONOUS,
]);
export const SPP_EVENT = table('SPP-related event', 'SDM 3C 28.2.1', [
  named(
    'Kind',
    bit('MISS', 11, 'Kind of the event.', { 0: 'misconfiguration', 1: 'missing entry' }),
  ),
  NMI_UNBLOCKING,
  ASYNCHRONOUS,
]);
export const INSTRUCTION_TIMEOUT = table('Instruction timeout', 'SDM 3C 28.2.1', [
  named('Context invalid', bit('CONTEXT_INVALID', 0, 'The guest state saved is not valid.')),
  NMI_UNBLOCKING,
]);

export const DISPLACEMENT = whole('Displacement', 'Displacement of the memory operand.');

export const SIPI = table('Start-up IPI', 'SDM 3C 28.2.1', [
  named('Vector', range('VECTOR', 7, 0, 'Vector of the SIPI.')),
]);
export const INVLPG = whole('Linear address', 'The operand of INVLPG.');
export const ENTRY_FAILURE = table('VM-entry failure', 'SDM 3C 27.8', [
  named(
    'Cause',
    range('CAUSE', 31, 0, 'Why the VM entry failed.', {
      0: 'a guest-state field',
      2: 'loading the PDPTEs',
      3: 'NMI injection while events are blocked by STI',
      4: 'the VMCS link pointer',
    }),
  ),
]);
export const MSR_LOADING = whole(
  'Entry number',
  'The entry of the MSR-load area that failed; the first is 1.',
);
export const MWAIT = table('MWAIT', 'SDM 3C 28.2.1', [
  named('Armed', bit('ARMED', 0, 'The address-range monitor was armed.')),
]);
