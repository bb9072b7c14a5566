import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { SvmExit } from '../../isa/svm/exit-codes';
import type { Processor } from '../processor';
import {
  at,
  exitCode,
  exited,
  GUEST_CODE,
  halted,
  HANDLER,
  intercepting,
  prepare,
  type VmcbValues,
} from './prepared-processor.testing';

const X = SvmExit;
const DATA = 0xf0000;
const GDT = 0x12f000;
const RING_3: VmcbValues = { CPL: 3, SS_ATTRIB: 0xcf3, CS_ATTRIB: 0xafb };
/** Protected mode without paging. */
const LEGACY: VmcbValues = {
  EFER: 0x1000,
  CR0: 0x11,
  CR4: 0,
  CS_ATTRIB: 0xc9b,
  GDTR_LIMIT: 0x2f,
};

/** An exception, the code that raises it, and what its exit tells. */
interface Raised {
  readonly name: string;
  readonly vector: number;
  readonly code: readonly number[];
  /** Bytes of code before the instruction that raises it; 0 if absent. */
  readonly before?: number;
  /** Its error code. */
  readonly info1?: bigint;
  readonly info2?: bigint;
  /** Of INT3, INTO and BOUND, which tell NRIP (15.7.1): the instruction's length. */
  readonly length?: number;
  readonly fields?: VmcbValues;
  readonly change?: (cpu: Processor) => void;
}

/** x87: fninit; fldcw [DATA]; fld1; fldz; fdivp; fwait. With division by zero unmasked the last one faults. */
const X87_ERROR = [
  0xdb, 0xe3, 0xd9, 0x2c, 0x25, 0, 0, 0x0f, 0, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0x9b,
];

const RAISED: readonly Raised[] = [
  { name: '#DE of DIV', vector: Vector.DE, code: [0x31, 0xc9, 0xf7, 0xf1], before: 2 },
  { name: '#BP of INT3', vector: Vector.BP, code: [0xcc], length: 1 },
  {
    name: '#OF of INTO',
    vector: Vector.OF,
    code: [0xce],
    length: 1,
    fields: { ...LEGACY, RFLAGS: 0x802 },
  },
  {
    name: '#BR of BOUND',
    vector: Vector.BR,
    code: [0x62, 0x05, 0, 0, 0x0f, 0], // bound eax, [DATA]
    length: 6,
    fields: { ...LEGACY, RAX: 4 },
    change: ({ physical }) => {
      physical.write64(DATA, 0x9_0000_0005n);
    },
  },
  { name: '#UD of UD2', vector: Vector.UD, code: [0x0f, 0x0b] },
  { name: '#UD of RSM', vector: Vector.UD, code: [0x0f, 0xaa] },
  {
    name: '#NM with CR0.TS',
    vector: Vector.NM,
    code: [0xd9, 0xe8], // fld1
    fields: { CR0: 0x80000039 },
  },
  {
    name: '#TS for a TSS that is too small',
    vector: Vector.TS,
    code: [0xea, 0, 0, 0, 0, 0x20, 0], // jmp 0x20:0
    info1: 0x20n,
    fields: LEGACY,
    change: ({ physical }) => {
      physical.write64(GDT + 0x20, 0x0000_8900_0000_0040n);
    },
  },
  {
    name: '#NP for a segment that is not present',
    vector: Vector.NP,
    code: [0xb8, 0x18, 0, 0, 0, 0x8e, 0xd8], // mov eax, 0x18; mov ds, eax
    before: 5,
    info1: 0x18n,
    change: ({ physical }) => {
      physical.write64(GDT + 0x18, 0x00cf_1300_0000_ffffn);
    },
  },
  {
    name: '#SS for a stack at an address that is not canonical',
    vector: Vector.SS,
    code: [0x48, 0x8b, 0x45, 0], // mov rax, [rbp]
    change: ({ state }) => {
      state.setGpr(5, 0x8000_0000_0000n);
    },
  },
  {
    name: '#GP of RDMSR',
    vector: Vector.GP,
    code: [0x0f, 0x32],
    change: ({ state }) => {
      state.setGpr(1, 0x4000_0000n);
    },
  },
  {
    name: '#GP for a selector beyond the GDT',
    vector: Vector.GP,
    code: [0xb8, 0xf8, 0, 0, 0, 0x8e, 0xd8], // mov eax, 0xf8; mov ds, eax
    before: 5,
    info1: 0xf8n,
  },
  {
    name: '#PF of a read by the supervisor',
    vector: Vector.PF,
    code: [0x8b, 0x04, 0x25, 0, 0, 0x30, 0], // mov eax, [0x300000]
    info2: 0x300000n,
  },
  {
    name: '#PF of a write by a user',
    vector: Vector.PF,
    code: [0x89, 0x04, 0x25, 8, 0, 0x30, 0],
    info1: 6n,
    info2: 0x300008n,
    fields: RING_3,
  },
  {
    name: '#MF of an x87 error that waits',
    vector: Vector.MF,
    code: X87_ERROR,
    before: X87_ERROR.length - 1,
    change: ({ physical }) => {
      physical.write16(DATA, 0x37b);
    },
  },
  {
    name: '#AC of a read that is not aligned',
    vector: Vector.AC,
    code: [0x8b, 0x04, 0x25, 1, 0, 0x0f, 0],
    fields: { ...RING_3, CR0: 0x80040031, RFLAGS: 0x40002 },
  },
  {
    name: '#XM of a division',
    vector: Vector.XM,
    code: [0x0f, 0xae, 0x14, 0x25, 0, 0, 0x0f, 0, 0xf3, 0x0f, 0x5e, 0xc1], // ldmxcsr [DATA]; divss
    before: 8,
  },
];

describe('exceptions (APM 2 15.12)', () => {
  for (const raised of RAISED) {
    const { name, vector, code, before = 0, info1 = 0n, info2 = 0n, length } = raised;
    const { fields = {}, change } = raised;
    const prepared = (intercepts: VmcbValues): Processor => {
      const cpu = prepare({ ...fields, ...intercepts }, code);
      change?.(cpu);
      return cpu;
    };

    it(`${name} exits with ${(0x40 + vector).toString(16)}h where its bit is set`, () => {
      const vmcb = exited(prepared(intercepting(X.EXCEPTION + vector)));
      assert.deepEqual(
        [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2'), at(vmcb)],
        [BigInt(0x40 + vector), info1, info2, before],
      );
      const next = length === undefined ? 0n : BigInt(GUEST_CODE + length);
      assert.deepEqual([vmcb.read('NRIP'), vmcb.readNumber('EXITINTINFO')], [next, 0]);
    });

    if (fields.CS_ATTRIB !== undefined) continue; // the handlers are those of ring 0 of 64-bit mode
    it(`${name} is delivered where it is not`, () => {
      assert.equal(halted(prepared({})), HANDLER - GUEST_CODE + 16 * vector + 1);
    });
  }

  it('the #DB of INT1 has no intercept but that of INT1 (15.12.2)', () => {
    const fields = intercepting(X.EXCEPTION + 1);
    assert.equal(halted(prepare(fields, [0xf1])), HANDLER - GUEST_CODE + 16 + 1);
  });

  it('interrupts are no exceptions, whatever their vector (15.12)', () => {
    const fields = intercepting(X.EXCEPTION + 13, X.EXCEPTION + 6);
    const handler = (vector: number): number => HANDLER - GUEST_CODE + 16 * vector + 1;
    assert.equal(halted(prepare(fields, [0xcd, 13])), handler(13)); // int 13
    assert.equal(halted(prepare({ ...fields, EVENTINJ: 0x80000006 })), handler(6));
  });

  it('#PF tells error code, address and instruction, and leaves CR2', () => {
    const code = [0x8b, 0x04, 0x25, 0, 0, 0x30, 0]; // mov eax, [0x300000]
    const vmcb = exited(prepare({ ...intercepting(X.EXCEPTION + 14), CR2: 7 }, code));
    assert.deepEqual(
      [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')],
      [0x4en, 0n, 0x300000n],
    );
    assert.equal(vmcb.read('CR2'), 7n);
    assert.equal(vmcb.readNumber('BYTES_FETCHED'), 15);
    assert.equal(vmcb.read('NRIP'), 0n);
  });

  it('#DB tells its condition by DR6', () => {
    const fields = { ...intercepting(X.EXCEPTION + 1), RFLAGS: 0x102 };
    const vmcb = exited(prepare(fields, [0x90, 0x90]));
    assert.deepEqual([exitCode(vmcb), vmcb.read('DR6'), at(vmcb)], [0x41n, 0xffff4ff0n, 1]);
  });

  it('one that comes while another is delivered exits with that one in EXITINTINFO (15.7.2)', () => {
    const fields = { ...intercepting(X.EXCEPTION + 13), IDTR_LIMIT: 0xf };
    const vmcb = exited(prepare(fields, [0x0f, 0x0b]));
    assert.deepEqual([exitCode(vmcb), vmcb.readNumber('EXITINTINFO')], [0x4dn, 0x80000306]);
    assert.equal(vmcb.read('EXITINFO1'), BigInt(6 * 8 + 2 + 1));
  });

  it('a double fault tells of no event before it', () => {
    const fields = { ...intercepting(X.EXCEPTION + 8), IDTR_LIMIT: 0xf };
    const vmcb = exited(prepare(fields, [0x0f, 0x32]));
    assert.deepEqual([exitCode(vmcb), vmcb.readNumber('EXITINTINFO')], [0x48n, 0]);
  });

  it('SHUTDOWN: a third fault exits, or shuts the processor down (15.14.3)', () => {
    const fields = { ...intercepting(X.SHUTDOWN), IDTR_LIMIT: 0xf };
    assert.equal(exitCode(exited(prepare(fields, [0x0f, 0x0b]))), 0x7fn);
    assert.equal(prepare({ IDTR_LIMIT: 0xf }, [0x0f, 0x0b]).run(100).kind, 'triple-fault');
  });
});

describe('an exception in real mode whose vector is empty', () => {
  /** An IVT of zeros, far from everything else. */
  const real: VmcbValues = { EFER: 0x1000, CR0: 0x10, CR4: 0, IDTR_BASE: 0x1d0000 };

  for (const [intercepts, told] of [
    [true, false],
    [false, true],
  ] as const) {
    it(`is ${told ? '' : 'not '}told as such where it is ${intercepts ? '' : 'not '}intercepted`, () => {
      const intercept = intercepts ? intercepting(X.EXCEPTION + Vector.UD) : {};
      const cpu = prepare({ ...real, ...intercept }, [0x0f, 0x0b]);
      const seen: boolean[] = [];
      cpu.observer = { raising: (_event, emptyVector) => (seen.push(emptyVector), true) };
      cpu.run(2);
      assert.deepEqual(seen, [told]);
    });
  }
});
