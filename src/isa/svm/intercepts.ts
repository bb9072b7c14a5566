import { bit, masksOf, named, range, table, type BitField, type BitTable } from '../bits';
import { EXCEPTIONS } from '../exceptions';

/** The intercept vectors of a VMCB, bit by bit (APM 2 15.9, table B-1). */

const SECTION = 'APM 2 table B-1';

const registers = (name: string, kind: string, what: string, gloss: string): BitTable =>
  table(
    name,
    SECTION,
    Array.from({ length: 16 }, (_, n) =>
      named(`${kind}${String(n)} ${what}`, bit(`${kind}${String(n)}`, n, gloss)),
    ),
  );

export const CR_READS = registers('Intercepted reads of CR', 'CR', 'read', 'Reading it exits.');
export const CR_WRITES = registers('Intercepted writes of CR', 'CR', 'write', 'Writing it exits.');
export const DR_READS = registers('Intercepted reads of DR', 'DR', 'read', 'Reading it exits.');
export const DR_WRITES = registers('Intercepted writes of DR', 'DR', 'write', 'Writing it exits.');

export const EXCEPTION_VECTORS = table(
  'Intercepted exceptions',
  SECTION,
  EXCEPTIONS.filter(({ vector, kind }) => vector < 32 && kind !== 'interrupt').map((exception) =>
    named(
      exception.mnemonic,
      bit(`VECTOR_${String(exception.vector)}`, exception.vector, 'It exits.'),
    ),
  ),
);

/** Consecutive bits from 0 up; a name that is empty is a bit that is reserved. */
function vector(name: string, names: readonly string[]): BitTable {
  const fields = names.flatMap((of, n): BitField[] =>
    of === '' ? [] : [named(of, bit(`BIT_${String(n)}`, n, 'It exits.'))],
  );
  return table(name, SECTION, fields);
}

/** Vector 3, at 00Ch. */
export const VECTOR_3 = vector('Intercept vector 3', [
  ...['INTR', 'NMI', 'SMI', 'INIT', 'VINTR', 'CR0 write but TS and MP'],
  ...['IDTR read', 'GDTR read', 'LDTR read', 'TR read'],
  ...['IDTR write', 'GDTR write', 'LDTR write', 'TR write'],
  ...['RDTSC', 'RDPMC', 'PUSHF', 'POPF', 'CPUID', 'RSM', 'IRET', 'INTn', 'INVD', 'PAUSE', 'HLT'],
  ...['INVLPG', 'INVLPGA', 'IOIO_PROT', 'MSR_PROT', 'Task switch', 'FERR_FREEZE', 'Shutdown'],
]);

/** Vector 4, at 010h. */
export const VECTOR_4 = vector('Intercept vector 4', [
  ...['VMRUN', 'VMMCALL', 'VMLOAD', 'VMSAVE', 'STGI', 'CLGI', 'SKINIT', 'RDTSCP', 'ICEBP'],
  ...['WBINVD', 'MONITOR', 'MWAIT', 'MWAIT armed', 'XSETBV', 'RDPRU', 'EFER write trap'],
  ...Array.from({ length: 16 }, (_, n) => `CR${String(n)} write trap`),
]);

/** Vector 5, at 014h. */
export const VECTOR_5 = vector('Intercept vector 5', [
  ...['INVLPGB', 'INVLPGB illegal', 'INVPCID', 'MCOMMIT', 'TLBSYNC', 'Bus lock', 'Idle HLT'],
]);

/** Bit 0 of vector 4: VMRUN fails unless it is 1 (APM 2 15.5.1). */
export const VMRUN_INTERCEPT = 1n;

/** EVENTINJ and EXITINTINFO, bits 31:0 (APM 2 15.20). */
export const EVENT = table('Event', 'APM 2 15.20', [
  range('VECTOR', 7, 0, 'Vector of the interrupt or exception.'),
  range('TYPE', 10, 8, 'Kind of the event.', {
    0: 'External interrupt',
    2: 'Non-maskable interrupt (NMI)',
    3: 'Hardware exception',
    4: 'Software interrupt',
  }),
  named('EV', bit('EV', 11, 'An error code is pushed.')),
  named('V', bit('V', 31, 'The field describes an event.')),
]);

/** Masks and positions of EVENTINJ and EXITINTINFO. */
export const Event = { ...masksOf(EVENT), TYPE_SHIFT: 8 } as const;

/** Types of an event (APM 2 15.20, table 15-11). */
export const EventType = { INTR: 0, NMI: 2, EXCEPTION: 3, SOFTWARE: 4 } as const;
