import assert from 'node:assert/strict';
import type { ExitRecord } from '../../trace/exit-trace';
import { exitInformation } from './exit-information';
import { exitDetail, exitId, exitTitle, isTripleFault } from './exit-words';

function exit(reason: number, more: Partial<ExitRecord> = {}): ExitRecord {
  return {
    reason,
    number: 7,
    entryFailed: false,
    ofL2: false,
    information1: 0n,
    information2: 0n,
    interruption: 0,
    handler: 0n,
    instructions: 0,
    rip: 0n,
    linear: 0n,
    bytes: new Uint8Array(),
    bits: 64,
    rax: 0n,
    rcx: 0n,
    cycles: undefined,
    operations: 0,
    ...more,
  };
}

describe('the words of a #VMEXIT', () => {
  for (const [reason, more, detail] of [
    [0x03, { information1: (1n << 63n) | 1n }, 'MOV RCX, CR3'],
    [0x10, { information1: 1n << 63n }, 'MOV CR0, RAX'],
    [0x10, {}, ''],
    [0x65, { information1: (1n << 63n) | 2n }, 'MOV CR0, RDX'],
    [0x37, { information1: 3n }, 'MOV DR7, RBX'],
    [0x4d, { information1: 0x18n }, '#GP General Protection, error code 0x18'],
    [
      0x4e,
      { information1: 6n, information2: 0x1234n },
      '#PF Page Fault, linear 0x1234, error code 0x6 (US WR)',
    ],
    [0x43, {}, '#BP Breakpoint'],
    [0x72, { rax: 0xffff_0000_0000_0001n }, 'leaf 0x1'],
    [0x75, { information1: 0x80n }, 'vector 0x80'],
    [0x79, { information1: 0x5000n }, '0x5000'],
    [0x7b, { information1: 0x03f8_0210n }, 'OUT port 0x3f8, 1 byte'],
    [0x7b, { information1: 0x0060_002dn }, 'REP INS port 0x60, 2 bytes'],
    [0x7c, { rcx: 0xc000_0080n, information1: 1n }, 'WRMSR IA32_EFER'],
    [0x7c, { rcx: 0x1234_5678n }, 'RDMSR MSR 0x12345678'],
    [0x7d, { information1: 0x28n, information2: 1n << 38n }, 'to TSS 0x28 by JMP'],
    [0x81, { rax: 2n }, 'hypercall 0x2'],
    [0x82, { rax: 0x20_0000n }, 'VMCB at 0x200000'],
    [0x90, { information1: 0x8000_0011n }, '0x80000011'],
    [
      0x400,
      { information1: (1n << 33n) | 7n, information2: 0x9000n },
      'guest-physical 0x9000: write, not allowed, during the guest page walk',
    ],
    [
      0x400,
      { information1: (1n << 32n) | 0x14n, information2: 0xa000n },
      'guest-physical 0xa000: instruction fetch, not mapped',
    ],
    [0x60, {}, ''],
  ] as const) {
    it(`${exitId(reason)}: ${detail}`, () => {
      assert.equal(exitDetail(exit(reason, more)), detail);
    });
  }

  it('a title has number, name and detail; of a VMRUN that failed, that', () => {
    assert.equal(exitTitle(exit(0x78)), '#VMEXIT 7: HLT');
    assert.equal(exitTitle(exit(-1, { entryFailed: true })), 'VMRUN failed: Invalid guest state');
    assert.equal(exitId(0x999), 'VMEXIT_0x999');
    assert.equal(isTripleFault(0x7f), true);
    assert.equal(isTripleFault(0x78), false);
  });

  it('EXITINTINFO tells of the event during which it came, where it is valid', () => {
    const fields = (interruption: number): string[] =>
      exitInformation(exit(0x400, { interruption })).map(({ field }) => field.name);
    assert.deepEqual(fields(0x30e).includes('VECTOR'), false);
    assert.deepEqual(fields(0x8000030e).includes('VECTOR'), true);
  });
});
