import assert from 'node:assert/strict';
import { isDefinedAfter, type ExitInformation } from './defined-information';
import { ENTRY_FAILURE, ExitReason } from './exit-reasons';
import { Field } from './fields';
import { EXIT_INFORMATION_FIELDS } from './fields/exit-information';

const NOTHING = { qualification: 0n, interruption: 0, idtVectoring: 0 };

/** The fields that are undefined after a VM exit, of those that are at times. */
function undefinedAfter(reason: number, more: Partial<ExitInformation> = {}): string[] {
  const exit = { ...NOTHING, reason, ...more };
  return EXIT_INFORMATION_FIELDS.filter(({ encoding }) => !isDefinedAfter(encoding, exit)).map(
    ({ id }) => id,
  );
}

const has = (field: Field, reason: number, more: Partial<ExitInformation> = {}): boolean =>
  isDefinedAfter(field, { ...NOTHING, reason, ...more });

describe('fields that a VM exit leaves undefined (SDM 3C 28.2)', () => {
  it('after CPUID: all addresses, error codes and instruction information', () => {
    assert.deepEqual(undefinedAfter(ExitReason.CPUID), [
      'GUEST_PHYSICAL_ADDRESS',
      'VM_EXIT_INTR_ERROR_CODE',
      'IDT_VECTORING_ERROR_CODE',
      'VMX_INSTRUCTION_INFO',
      'IO_RCX',
      'IO_RSI',
      'IO_RDI',
      'IO_RIP',
      'GUEST_LINEAR_ADDRESS',
    ]);
  });

  it('the instruction length: of instructions, of software events, of task switches but by a gate', () => {
    const length = Field.VM_EXIT_INSTRUCTION_LEN;
    assert.equal(has(length, ExitReason.HLT), true);
    assert.equal(has(length, ExitReason.EXTERNAL_INTERRUPT), false);
    assert.equal(has(length, ExitReason.INTERRUPT_WINDOW), false);
    const [breakpoint, pageFault] = [0x8000_0603, 0x8000_0b0e];
    assert.equal(has(length, ExitReason.EXCEPTION_NMI, { interruption: breakpoint }), true);
    assert.equal(has(length, ExitReason.EXCEPTION_NMI, { interruption: pageFault }), false);
    assert.equal(has(length, ExitReason.TASK_SWITCH, { qualification: 0x28n }), true);
    assert.equal(has(length, ExitReason.TASK_SWITCH, { qualification: 0xc000_0028n }), false);
    assert.equal(has(length, ExitReason.EPT_VIOLATION), false);
    const [int80, timer] = [0x8000_0480, 0x8000_0020];
    assert.equal(has(length, ExitReason.EPT_VIOLATION, { idtVectoring: int80 }), true);
    assert.equal(has(length, ExitReason.EPT_VIOLATION, { idtVectoring: timer }), false);
  });

  it('addresses: of EPT violations, and linear ones of INS, OUTS and LMSW from memory', () => {
    const [linear, physical] = [Field.GUEST_LINEAR_ADDRESS, Field.GUEST_PHYSICAL_ADDRESS];
    assert.equal(has(physical, ExitReason.EPT_VIOLATION), true);
    assert.equal(has(physical, ExitReason.EPT_MISCONFIGURATION), true);
    assert.equal(has(physical, ExitReason.IO_INSTRUCTION), false);
    assert.equal(has(linear, ExitReason.EPT_VIOLATION, { qualification: 0x181n }), true);
    assert.equal(has(linear, ExitReason.EPT_VIOLATION, { qualification: 0x1n }), false);
    assert.equal(has(linear, ExitReason.EPT_MISCONFIGURATION), false);
    assert.equal(has(linear, ExitReason.IO_INSTRUCTION, { qualification: 0x3f8_0010n }), true);
    assert.equal(has(linear, ExitReason.IO_INSTRUCTION, { qualification: 0x3f8_0000n }), false);
    assert.equal(has(linear, ExitReason.CR_ACCESS, { qualification: 0x70n }), true);
    assert.equal(has(linear, ExitReason.CR_ACCESS, { qualification: 0x30n }), false);
  });

  it('error codes: where the information says that there is one', () => {
    const [error, vectoring] = [Field.VM_EXIT_INTR_ERROR_CODE, Field.IDT_VECTORING_ERROR_CODE];
    assert.equal(has(error, ExitReason.EXCEPTION_NMI, { interruption: 0x8000_0b0e }), true);
    assert.equal(has(error, ExitReason.EXCEPTION_NMI, { interruption: 0x8000_0306 }), false);
    assert.equal(has(vectoring, ExitReason.EPT_VIOLATION, { idtVectoring: 0x8000_0b0e }), true);
    assert.equal(has(vectoring, ExitReason.EPT_VIOLATION, { idtVectoring: 0xb0e }), false);
  });

  it('of a VM entry that fails late only reason and qualification are recorded', () => {
    const reason = (ENTRY_FAILURE | ExitReason.ENTRY_FAILURE_GUEST_STATE) >>> 0;
    const left = EXIT_INFORMATION_FIELDS.length - undefinedAfter(reason).length;
    assert.equal(left, 3, 'and the VM-instruction error, which no VM exit changes');
  });
});
