import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { InterruptionInfo } from '../../isa/vmx/events';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import { LONG_MODE } from './entry-checks/valid-vmcs.testing';
import { prepare } from './prepared-processor.testing';

/** Exceptions during the delivery of others in VMX non-root operation (SDM 3C 26.2, 28.2.4). */

const GUEST_CODE = 0x109000;
const GUEST_IDT = 0x120000;
const UPPER_HALF = 0xffff800000000000n;
const PML4 = 0x110000;
const HLT = 0xf4;
const { DE, DF, NP, GP, PF } = Vector;

/** DIV by zero. */
const DIVIDE = [0x31, 0xc9, 0xf7, 0xf1];
/** MOV AL from an address that is not mapped. */
const READ_NOWHERE = [0x8a, 0x04, 0x25, 0x00, 0x00, 0x00, 0x40];
const NOWHERE = 0x4000_0000n;

/** To a code segment; absent, on which the delivery meets #NP; and with a null selector: #GP. */
const GATE = 0x8e00_0008_0000n;
const ABSENT = 0x0e00_0008_0000n;
const NULL_SELECTOR = 0x8e00_0000_0000n;

interface Guest {
  readonly code: readonly number[];
  readonly bitmap: number;
  readonly gates?: readonly (readonly [number, bigint])[];
  readonly stack?: bigint;
  /** Of page faults only those by writes exit. */
  readonly writesOnly?: boolean;
}

/** Runs a guest up to its VM exit, and tells what that reports. */
function exitOf({ code, bitmap, gates = [], stack, writesOnly = false }: Guest) {
  const cpu = prepare({
    ...LONG_MODE,
    SECONDARY_VM_EXEC_CONTROL: 0,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_RIP: UPPER_HALF + BigInt(GUEST_CODE),
    GUEST_IDTR_BASE: UPPER_HALF + BigInt(GUEST_IDT),
    GUEST_GDTR_BASE: 0xffff800000130000n,
    EXCEPTION_BITMAP: bitmap,
    ...(stack !== undefined && { GUEST_RSP: stack }),
    ...(writesOnly && { PAGE_FAULT_ERROR_CODE_MASK: 2, PAGE_FAULT_ERROR_CODE_MATCH: 2 }),
  });
  cpu.physical.write64(0x130008, 0x00af9b000000ffffn);
  for (const [vector, gate] of gates) cpu.physical.write64(GUEST_IDT + 16 * vector, gate);
  cpu.physical.writeBytes(GUEST_CODE, Uint8Array.from(code));
  cpu.physical.write8(0x100000, HLT);
  assert.equal(cpu.vmx.enter(true).kind, 'VMsucceed');
  assert.equal(cpu.run(100).kind, 'halt');
  const vmcs = cpu.vmx.current;
  assert.ok(vmcs);
  const read = (field: Field): number => vmcs.readNumber(field) >>> 0;
  return {
    reason: read(Field.VM_EXIT_REASON),
    event: vectorOf(read(Field.VM_EXIT_INTR_INFO)),
    errorCode: read(Field.VM_EXIT_INTR_ERROR_CODE),
    qualification: vmcs.read(Field.EXIT_QUALIFICATION),
    vectoring: vectorOf(read(Field.IDT_VECTORING_INFO)),
    vectoringErrorCode: read(Field.IDT_VECTORING_ERROR_CODE),
  };
}

const vectorOf = (information: number): number | undefined =>
  information & InterruptionInfo.VALID ? information & InterruptionInfo.VECTOR : undefined;

const bits = (...vectors: number[]): number =>
  vectors.reduce((bitmap, vector) => bitmap | (1 << vector), 0);

const BY_EXCEPTION = { reason: ExitReason.EXCEPTION_NMI, qualification: 0n };
const NO_VECTORING = { vectoring: undefined, vectoringErrorCode: 0 };
const TRIPLE_FAULT = {
  reason: ExitReason.TRIPLE_FAULT,
  qualification: 0n,
  event: undefined,
  errorCode: 0,
  ...NO_VECTORING,
};
const DOUBLE_FAULT = { ...BY_EXCEPTION, event: DF, errorCode: 0, ...NO_VECTORING };

describe('an exception during the delivery of another, in VMX non-root operation', () => {
  const pageFaults = { code: READ_NOWHERE, gates: [[PF, GATE]], stack: NOWHERE } as const;
  const contributory = { code: DIVIDE, gates: [[DE, ABSENT]] } as const;
  const duringDouble = {
    code: DIVIDE,
    gates: [
      [DE, ABSENT],
      [DF, NULL_SELECTOR],
    ],
  } as const;

  it('is a page fault during a page fault: bit 14 makes it exit, with information of the first', () => {
    const exit = exitOf({ ...pageFaults, bitmap: bits(PF), writesOnly: true });
    assert.deepEqual(exit, {
      ...BY_EXCEPTION,
      event: PF,
      errorCode: 2,
      qualification: NOWHERE - 8n,
      vectoring: PF,
      vectoringErrorCode: 0,
    });
  });

  it('is a page fault during a page fault: without bit 14 it makes a double fault', () => {
    assert.deepEqual(exitOf({ ...pageFaults, bitmap: bits(DF) }), DOUBLE_FAULT);
  });

  it('is a contributory one during another: the bit of the second makes it exit', () => {
    const exit = exitOf({ ...contributory, bitmap: bits(NP) });
    assert.deepEqual(exit, {
      ...BY_EXCEPTION,
      event: NP,
      errorCode: 3,
      vectoring: DE,
      vectoringErrorCode: 0,
    });
  });

  it('prefers the bit of the second to that of the double fault that it would become', () => {
    assert.equal(exitOf({ ...contributory, bitmap: bits(NP, DF) }).event, NP);
  });

  it('makes a double fault, which exits by bit 8 as if nothing had been delivered (SDM 3C 28.2.4)', () => {
    assert.deepEqual(exitOf({ ...contributory, bitmap: bits(DF) }), DOUBLE_FAULT);
  });

  it('comes during a double fault: its bit makes it exit, with information of the double fault', () => {
    const exit = exitOf({ ...duringDouble, bitmap: bits(GP) });
    assert.deepEqual(exit, {
      ...BY_EXCEPTION,
      event: GP,
      errorCode: 1,
      vectoring: DF,
      vectoringErrorCode: 0,
    });
  });

  it('comes during a double fault: without its bit it is a triple fault', () => {
    assert.deepEqual(exitOf({ ...duringDouble, bitmap: 0 }), TRIPLE_FAULT);
    assert.deepEqual(exitOf({ ...contributory, bitmap: 0 }), TRIPLE_FAULT);
    assert.deepEqual(exitOf({ ...pageFaults, bitmap: 0 }), TRIPLE_FAULT);
  });
});
