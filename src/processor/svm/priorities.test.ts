import assert from 'node:assert/strict';
import { Vector } from '../../isa/exceptions';
import { SvmExit } from '../../isa/svm/exit-codes';
import type { Processor } from '../processor';
import {
  exitCode,
  exited,
  GUEST_TABLES,
  intercepting,
  prepare,
  type VmcbValues,
} from './prepared-processor.testing';

const X = SvmExit;
const RING_3: VmcbValues = { CPL: 3, SS_ATTRIB: 0xcf3, CS_ATTRIB: 0xafb };
/** The guest's page tables have nothing there. */
const NOWHERE = 0x300000;
const UD = X.EXCEPTION + Vector.UD;
const SS = X.EXCEPTION + Vector.SS;
const GP = X.EXCEPTION + Vector.GP;
const PF = X.EXCEPTION + Vector.PF;
const EXCEPTIONS: readonly number[] = [UD, SS, GP, PF];

/** An instruction, its intercept, what the guest has, and what its operands want. */
type Case = readonly [
  name: string,
  intercept: number,
  code: readonly number[],
  fields?: VmcbValues,
  change?: (cpu: Processor) => void,
];

/** The code of the exit, where exceptions are intercepted, and the instruction or not. */
function comes([, intercept, code, fields = {}, change]: Case, intercepted = true): number {
  const codes = intercepted ? [...EXCEPTIONS, intercept] : EXCEPTIONS;
  const cpu = prepare({ ...fields, ...intercepting(...codes) }, code);
  change?.(cpu);
  return Number(exitCode(exited(cpu)));
}

const ecx =
  (value: bigint) =>
  ({ state }: Processor): void => {
    state.setGpr(1, value);
  };

/** What raises an exception before it is intercepted, by exception. */
const EXCEPTION_FIRST: readonly (readonly [number, readonly Case[]])[] = [
  [
    GP,
    [
      ['MOV from CR0 in ring 3', X.CR_READ, [0x0f, 0x20, 0xc0], RING_3],
      ['MOV to CR3 in ring 3', X.CR_WRITE + 3, [0x0f, 0x22, 0xd8], RING_3],
      ['LMSW in ring 3', X.CR_WRITE, [0x0f, 0x01, 0xf0], RING_3],
      ['CLTS in ring 3', X.CR_WRITE, [0x0f, 0x06], RING_3],
      ['MOV to DR0 in ring 3', X.DR_WRITE, [0x0f, 0x23, 0xc0], RING_3],
      ['SMSW in ring 3 with CR4.UMIP', X.CR_READ, [0x0f, 0x01, 0xe0], { ...RING_3, CR4: 0xe20 }],
      [
        'SGDT in ring 3 with CR4.UMIP',
        X.GDTR_READ,
        [0x0f, 0x01, 4, 0x24],
        { ...RING_3, CR4: 0xe20 },
      ],
      ['LIDT in ring 3', X.IDTR_WRITE, [0x0f, 0x01, 0x1c, 0x24], RING_3],
      ['LLDT in ring 3', X.LDTR_WRITE, [0x0f, 0x00, 0xd0], RING_3],
      ['RDTSC in ring 3 with CR4.TSD', X.RDTSC, [0x0f, 0x31], { ...RING_3, CR4: 0x624 }],
      ['RDTSCP in ring 3 with CR4.TSD', X.RDTSCP, [0x0f, 0x01, 0xf9], { ...RING_3, CR4: 0x624 }],
      ['INVD in ring 3', X.INVD, [0x0f, 0x08], RING_3],
      ['WBINVD in ring 3', X.WBINVD, [0x0f, 0x09], RING_3],
      ['HLT in ring 3', X.HLT, [0xf4], RING_3],
      ['INVLPG in ring 3', X.INVLPG, [0x0f, 0x01, 0x38], RING_3],
      ['INVLPGA in ring 3', X.INVLPGA, [0x0f, 0x01, 0xdf], RING_3],
      ['INVPCID in ring 3', X.INVPCID, [0x66, 0x0f, 0x38, 0x82, 4, 0x24], RING_3],
      ['RDMSR in ring 3', X.MSR, [0x0f, 0x32], RING_3],
      ['OUT in ring 3 with IOPL 0', X.IOIO, [0xee], RING_3],
      ['VMRUN in ring 3', X.VMRUN, [0x0f, 0x01, 0xd8], RING_3],
      ['CLGI in ring 3', X.CLGI, [0x0f, 0x01, 0xdd], RING_3],
      ['VMRUN of what is no page', X.VMRUN, [0x0f, 0x01, 0xd8], { RAX: 0x102008 }],
      ['VMLOAD of what is no page', X.VMLOAD, [0x0f, 0x01, 0xda], { RAX: 0x102008 }],
      ['VMSAVE beyond physical memory', X.VMSAVE, [0x0f, 0x01, 0xdb], { RAX: 1n << 40n }],
      ['MONITOR with an extension', X.MONITOR, [0x0f, 0x01, 0xc8], { RAX: 0x140000 }, ecx(1n)],
      ['MWAIT with an extension', X.MWAIT, [0x0f, 0x01, 0xc9], {}, ecx(2n)],
    ],
  ],
  [
    UD,
    [
      ['MONITOR in ring 3', X.MONITOR, [0x0f, 0x01, 0xc8], RING_3],
      ['MWAIT in ring 3', X.MWAIT, [0x0f, 0x01, 0xc9], RING_3],
      ['XSETBV without CR4.OSXSAVE', X.XSETBV, [0x0f, 0x01, 0xd1]],
    ],
  ],
  [PF, [['MONITOR of nothing', X.MONITOR, [0x0f, 0x01, 0xc8], { RAX: NOWHERE }]]],
];

const PAE: VmcbValues = { EFER: 0x1000, CR4: 0x20, CR3: 0x170000, CS_ATTRIB: 0xc9b };

/** What is intercepted before its exceptions are looked for. */
const INTERCEPT_FIRST: readonly Case[] = [
  ['LMSW of nothing', X.CR_WRITE, [0x0f, 0x01, 0x30], { RAX: NOWHERE }],
  ['LMSW of nothing, selectively', X.CR0_SEL_WRITE, [0x0f, 0x01, 0x30], { RAX: NOWHERE }],
  ['SMSW to nowhere', X.CR_READ, [0x0f, 0x01, 0x20], { RAX: NOWHERE }],
  ['SIDT to nowhere', X.IDTR_READ, [0x0f, 0x01, 0x08], { RAX: NOWHERE }],
  ['LGDT of nothing', X.GDTR_WRITE, [0x0f, 0x01, 0x10], { RAX: NOWHERE }],
  ['LTR of a selector beyond the GDT', X.TR_WRITE, [0x0f, 0x00, 0xd8], { RAX: 0xf8 }],
  ['PUSHF to nowhere', X.PUSHF, [0x9c], { RSP: NOWHERE }],
  ['POPF of nothing', X.POPF, [0x9d], { RSP: NOWHERE }],
  ['IRETQ of nothing', X.IRET, [0x48, 0xcf], { RSP: NOWHERE }],
  ['INT n through a gate of ring 0', X.INTN, [0xcd, 0x41], RING_3],
  ['RSM in ring 3', X.RSM, [0x0f, 0xaa], RING_3],
  ['VMMCALL in ring 3', X.VMMCALL, [0x0f, 0x01, 0xd9], RING_3],
  ['XSETBV in ring 3', X.XSETBV, [0x0f, 0x01, 0xd1], { ...RING_3, CR4: 0x40620 }],
  ['XSETBV of no register', X.XSETBV, [0x0f, 0x01, 0xd1], { CR4: 0x40620 }, ecx(5n)],
  ['INVPCID of no type', X.INVPCID, [0x66, 0x0f, 0x38, 0x82, 4, 0x24], { RAX: 9 }],
  [
    'INSB to nowhere',
    X.IOIO,
    [0x6c],
    {},
    ({ state, physical }) => {
      state.setGpr(2, 0n);
      state.setGpr(7, BigInt(NOWHERE));
      physical.write8(0x120000, 1);
    },
  ],
  ['WRMSR of no MSR', X.MSR, [0x0f, 0x30], {}, ecx(0x4000_0000n)],
  [
    'MOV to CR3 that leads to a PDPTE with reserved bits',
    X.CR_WRITE + 3,
    [0x0f, 0x22, 0xd8],
    { ...PAE, RAX: 0x171000 },
    ({ physical }) => {
      physical.write64(0x170000, BigInt(GUEST_TABLES + 0x2001));
      physical.write64(0x171000, 0x1ffn);
    },
  ],
];

describe('intercepts and exceptions of one instruction (APM 2 15.9, table 15-7)', () => {
  for (const [exception, cases] of EXCEPTION_FIRST) {
    for (const each of cases) {
      it(`${each[0]} raises ${exception.toString(16)}h first`, () => {
        assert.equal(comes(each), exception);
      });
    }
  }

  for (const each of INTERCEPT_FIRST) {
    it(`${each[0]} exits with ${each[1].toString(16)}h first`, () => {
      assert.equal(comes(each), each[1]);
      assert.ok(EXCEPTIONS.includes(comes(each, false)), 'there is an exception, too');
    });
  }
});
