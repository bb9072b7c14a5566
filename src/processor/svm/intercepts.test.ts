import assert from 'node:assert/strict';
import { SvmExit } from '../../isa/svm/exit-codes';
import {
  at,
  exitCode,
  exited,
  GUEST_CODE,
  halted,
  HANDLER,
  IOPM,
  intercepting,
  MSRPM,
  prepare,
  type VmcbValues,
} from './prepared-processor.testing';
import type { Vmcb } from './vmcb';

const X = SvmExit;
const MOV_CR = 1n << 63n;
const DEBUG_REGISTERS = [0, 1, 2, 3, 6, 7];

/** What is intercepted, an instruction, EXITINFO1 of its exit, and what the guest must have for it. */
const INSTRUCTIONS: readonly (readonly [
  name: string,
  code: number,
  bytes: readonly number[],
  info1?: bigint,
  fields?: VmcbValues,
])[] = [
  ['MOV from CR0', X.CR_READ, [0x0f, 0x20, 0xc3], MOV_CR | 3n],
  ['SMSW', X.CR_READ, [0x0f, 0x01, 0xe0]],
  ['MOV from CR2', X.CR_READ + 2, [0x0f, 0x20, 0xd0], MOV_CR],
  ['MOV from CR3', X.CR_READ + 3, [0x0f, 0x20, 0xd8], MOV_CR],
  ['MOV from CR4', X.CR_READ + 4, [0x0f, 0x20, 0xe1], MOV_CR | 1n],
  ['MOV from CR8', X.CR_READ + 8, [0x44, 0x0f, 0x20, 0xc2], MOV_CR | 2n],
  ['MOV to CR0', X.CR_WRITE, [0x0f, 0x22, 0xc0], MOV_CR, { RAX: 0x80000031 }],
  ['LMSW', X.CR_WRITE, [0x0f, 0x01, 0xf0]],
  ['CLTS', X.CR_WRITE, [0x0f, 0x06]],
  ['MOV to CR2', X.CR_WRITE + 2, [0x0f, 0x22, 0xd0], MOV_CR],
  ['MOV to CR3', X.CR_WRITE + 3, [0x0f, 0x22, 0xd8], MOV_CR, { RAX: 0x150000 }],
  ['MOV to CR4', X.CR_WRITE + 4, [0x0f, 0x22, 0xe0], MOV_CR, { RAX: 0x620 }],
  ['MOV to CR8', X.CR_WRITE + 8, [0x44, 0x0f, 0x22, 0xc0], MOV_CR],
  [
    'MOV to CR0 that changes more than TS and MP',
    X.CR0_SEL_WRITE,
    [0x0f, 0x22, 0xc0],
    MOV_CR,
    { RAX: 0xc0000031 },
  ],
  ['LMSW, whatever it changes,', X.CR0_SEL_WRITE, [0x0f, 0x01, 0xf0], 0n, { RAX: 1 }],
  ...DEBUG_REGISTERS.flatMap((n) => [
    [`MOV from DR${n}`, X.DR_READ + n, [0x0f, 0x21, 0xc3 + 8 * n], 3n] as const,
    [`MOV to DR${n}`, X.DR_WRITE + n, [0x0f, 0x23, 0xc1 + 8 * n], 1n] as const,
  ]),
  ['SIDT', X.IDTR_READ, [0x0f, 0x01, 0x0c, 0x24]],
  ['SGDT', X.GDTR_READ, [0x0f, 0x01, 0x04, 0x24]],
  ['SLDT', X.LDTR_READ, [0x0f, 0x00, 0xc0]],
  ['STR', X.TR_READ, [0x0f, 0x00, 0xc8]],
  ['LIDT', X.IDTR_WRITE, [0x0f, 0x01, 0x1c, 0x24]],
  ['LGDT', X.GDTR_WRITE, [0x0f, 0x01, 0x14, 0x24]],
  ['LLDT', X.LDTR_WRITE, [0x0f, 0x00, 0xd0]],
  ['RDTSC', X.RDTSC, [0x0f, 0x31]],
  ['PUSHF', X.PUSHF, [0x9c]],
  ['POPF', X.POPF, [0x9d]],
  ['CPUID', X.CPUID, [0x0f, 0xa2]],
  ['INVD', X.INVD, [0x0f, 0x08]],
  ['PAUSE', X.PAUSE, [0xf3, 0x90]],
  ['INVLPG', X.INVLPG, [0x0f, 0x01, 0x3c, 0x25, 0x78, 0x56, 0x34, 0x12], 0x12345678n],
  ['INVLPGA', X.INVLPGA, [0x0f, 0x01, 0xdf], 0n, { RAX: 0x1000 }],
  ['VMLOAD', X.VMLOAD, [0x0f, 0x01, 0xda], 0n, { RAX: 0x102000 }],
  ['VMSAVE', X.VMSAVE, [0x0f, 0x01, 0xdb], 0n, { RAX: 0x180000 }],
  ['STGI', X.STGI, [0x0f, 0x01, 0xdc]],
  ['CLGI', X.CLGI, [0x0f, 0x01, 0xdd]],
  ['RDTSCP', X.RDTSCP, [0x0f, 0x01, 0xf9]],
  ['WBINVD', X.WBINVD, [0x0f, 0x09]],
  ['WBNOINVD', X.WBINVD, [0xf3, 0x0f, 0x09]],
  ['MONITOR', X.MONITOR, [0x0f, 0x01, 0xc8], 0n, { RAX: 0x140000 }],
  ['MWAIT', X.MWAIT, [0x0f, 0x01, 0xc9]],
];

/** What raises an exception, or ends, where it is not intercepted. */
const ONLY_INTERCEPTED: readonly (readonly [string, number, readonly number[], bigint?])[] = [
  ['RDPMC', X.RDPMC, [0x0f, 0x33]],
  ['HLT', X.HLT, [0xf4]],
  ['INT n', X.INTN, [0xcd, 0x41], 0x41n],
  ['INT1', X.ICEBP, [0xf1]],
  ['IRETQ', X.IRET, [0x48, 0xcf]],
  ['LTR', X.TR_WRITE, [0x0f, 0x00, 0xd8]],
  ['VMRUN', X.VMRUN, [0x0f, 0x01, 0xd8]],
  ['RSM', X.RSM, [0x0f, 0xaa]],
  ['VMMCALL', X.VMMCALL, [0x0f, 0x01, 0xd9]],
];

/** An exit instead of an instruction, with nothing in EXITINFO2 and no event under way. */
function assertTells(vmcb: Vmcb, code: number, info1: bigint, length: number): void {
  assert.deepEqual(
    [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2'), vmcb.read('NRIP')],
    [BigInt(code), info1, 0n, BigInt(GUEST_CODE + length)],
  );
  assert.deepEqual([at(vmcb), vmcb.readNumber('EXITINTINFO')], [0, 0]);
}

describe('intercepted instructions (APM 2 15.9)', () => {
  for (const [name, code, bytes, info1 = 0n, fields = {}] of INSTRUCTIONS) {
    it(`${name} exits with ${code.toString(16)}h if its bit is set`, () => {
      const vmcb = exited(prepare({ ...fields, ...intercepting(code) }, bytes));
      assertTells(vmcb, code, info1, bytes.length);
    });

    it(`${name} does what it does if it is not`, () => {
      assert.equal(halted(prepare(fields, bytes)), bytes.length + 1);
    });
  }

  for (const [name, code, bytes, info1 = 0n] of ONLY_INTERCEPTED) {
    it(`${name} exits with ${code.toString(16)}h`, () => {
      assertTells(exited(prepare(intercepting(code), bytes)), code, info1, bytes.length);
    });
  }

  it('#GP for the privilege level comes before the intercept', () => {
    const fields = { CPL: 3, SS_ATTRIB: 0xcf3, CS_ATTRIB: 0xafb, INTERCEPT_EXCEPTION: 1 << 13 };
    const vmcb = exited(prepare({ ...intercepting(X.HLT, X.EXCEPTION + 13), ...fields }, [0xf4]));
    assert.equal(exitCode(vmcb), 0x4dn);
  });

  it('#GP for a value that CR0 or CR4 refuses comes before the intercept', () => {
    const codes = intercepting(X.CR_WRITE, X.CR_WRITE + 4, X.EXCEPTION + 13);
    assert.equal(
      exitCode(exited(prepare({ ...codes, RAX: 1n << 40n }, [0x0f, 0x22, 0xc0]))),
      0x4dn,
    );
    assert.equal(exitCode(exited(prepare({ ...codes, RAX: 1 << 13 }, [0x0f, 0x22, 0xe0]))), 0x4dn);
  });

  it('the intercept of all writes of CR0 comes before the selective one', () => {
    const fields = { ...intercepting(X.CR_WRITE, X.CR0_SEL_WRITE), RAX: 0xc0000031 };
    assert.equal(exitCode(exited(prepare(fields, [0x0f, 0x22, 0xc0]))), 0x10n);
  });

  it('the selective one lets TS and MP be changed', () => {
    const fields = { ...intercepting(X.CR0_SEL_WRITE), RAX: 0x8000003b };
    assert.equal(halted(prepare(fields, [0x0f, 0x22, 0xc0])), 4);
    assert.equal(halted(prepare(fields, [0x0f, 0x06])), 3);
  });

  it('MWAIT exits by its other intercept only while the monitor is armed', () => {
    const armed = intercepting(X.MWAIT_ARMED);
    const monitor = [0x0f, 0x01, 0xc8];
    const mwait = [0x0f, 0x01, 0xc9];
    const vmcb = exited(prepare({ ...armed, RAX: 0x140000 }, [...monitor, ...mwait]));
    assert.equal(exitCode(vmcb), 0x8cn);
    assert.equal(halted(prepare(armed, mwait)), 4);
  });

  it('XSETBV exits with 8dh', () => {
    const fields = { ...intercepting(X.XSETBV), CR4: 0x40620 };
    assertTells(exited(prepare(fields, [0x0f, 0x01, 0xd1])), 0x8d, 0n, 3);
  });

  it('INVPCID exits with a2h', () => {
    const fields = { ...intercepting(X.INVPCID), RAX: 3 };
    const bytes = [0x66, 0x0f, 0x38, 0x82, 0x04, 0x24];
    assertTells(exited(prepare(fields, bytes)), 0xa2, 0n, bytes.length);
    assert.equal(halted(prepare({ RAX: 3 }, bytes)), 7);
  });

  it('INT3 is no INT n', () => {
    assert.equal(halted(prepare(intercepting(X.INTN), [0xcc])), HANDLER - GUEST_CODE + 16 * 3 + 1);
  });

  it('FERR_FREEZE: a pending x87 error with CR0.NE = 0 exits (15.14.2)', () => {
    // fninit; fldcw [divide by zero unmasked]; fld1; fldz; fdivp; fwait
    const code = [
      0xdb, 0xe3, 0xd9, 0x2c, 0x25, 0, 0, 0x0f, 0, 0xd9, 0xe8, 0xd9, 0xee, 0xde, 0xf9, 0x9b,
    ];
    const cpu = prepare({ ...intercepting(X.FERR_FREEZE), CR0: 0x80000011 }, code);
    cpu.physical.write16(0xf0000, 0x37b);
    const vmcb = exited(cpu);
    assert.deepEqual([exitCode(vmcb), at(vmcb)], [0x7en, code.length - 1]);
  });
});

/** What is written, the code of its trap, the instruction, rAX before it, and what the register holds then. */
const WRITE_TRAPS: readonly (readonly [string, number, readonly number[], bigint, bigint?])[] = [
  ['MOV to CR0', X.CR_WRITE_TRAP, [0x0f, 0x22, 0xc0], 0x80010031n],
  ['LMSW', X.CR_WRITE_TRAP, [0x0f, 0x01, 0xf0], 0xbn, 0x8000003bn],
  ['CLTS', X.CR_WRITE_TRAP, [0x0f, 0x06], 0n, 0x80000031n],
  ['MOV to CR3', X.CR_WRITE_TRAP + 3, [0x0f, 0x22, 0xd8], 0x150018n],
  ['MOV to CR4', X.CR_WRITE_TRAP + 4, [0x0f, 0x22, 0xe0], 0x660n],
  ['MOV to CR8', X.CR_WRITE_TRAP + 8, [0x44, 0x0f, 0x22, 0xc0], 9n],
  // mov ecx, 0xc0000080; xor edx, edx; wrmsr
  ['WRMSR of EFER', X.EFER_WRITE_TRAP, [0xb9, 0x80, 0, 0, 0xc0, 0x31, 0xd2, 0x0f, 0x30], 0x1d01n],
];

describe('write traps (APM 2 15.9)', () => {
  for (const [name, code, bytes, value, after = value] of WRITE_TRAPS) {
    it(`${name} exits behind it with ${code.toString(16)}h, and tells the new value`, () => {
      const vmcb = exited(prepare({ ...intercepting(code), RAX: value }, bytes));
      assert.deepEqual(
        [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2'), at(vmcb)],
        [BigInt(code), after, 0n, bytes.length],
      );
    });
  }
});

describe('the PAUSE filter (APM 2 15.14.4)', () => {
  const pauses = (count: number): number[] =>
    Array.from({ length: count }, () => [0xf3, 0x90]).flat();
  const onPause = intercepting(X.PAUSE);

  it('lets so many pass', () => {
    assert.equal(at(exited(prepare({ ...onPause, PAUSE_FILTER_COUNT: 3 }, pauses(5)))), 4);
    assert.equal(halted(prepare({ ...onPause, PAUSE_FILTER_COUNT: 3 }, pauses(2))), 5);
  });

  it('begins again when they are further apart than the threshold', () => {
    const nops = Array.from({ length: 20 }, () => 0x90);
    const code = [...pauses(2), ...nops, ...pauses(2)];
    const fields = { ...onPause, PAUSE_FILTER_COUNT: 3 };
    assert.equal(halted(prepare({ ...fields, PAUSE_FILTER_THRESHOLD: 10 }, code)), code.length + 1);
    assert.equal(at(exited(prepare({ ...fields, PAUSE_FILTER_THRESHOLD: 100 }, code))), 24);
  });
});

describe('IOIO (APM 2 15.10)', () => {
  const onPorts = intercepting(X.IOIO);
  const ports = (code: readonly number[], port: number, fields: VmcbValues = {}) => {
    const cpu = prepare({ ...onPorts, ...fields }, code);
    cpu.state.setGpr(2, 0x70n);
    cpu.physical.write8(IOPM + (port >> 3), 1 << (port & 7));
    return cpu;
  };
  const info = (size: number, more: number, port = 0x70): bigint =>
    BigInt(port * 0x10000 + size + more);
  const [A32, A64] = [0x100, 0x200];

  for (const [name, code, information] of [
    ['IN AL, imm8', [0xe4, 0x70], info(0x10, 1 + A64)],
    ['IN AX, DX', [0x66, 0xed], info(0x20, 1 + A64)],
    ['OUT DX, EAX', [0xef], info(0x40, A64)],
    ['INSB', [0x6c], info(0x10, 5 + A64)],
    ['REP INSD', [0xf3, 0x6d], info(0x40, 0xd + A64)],
    ['OUTSB', [0x6e], info(0x10, 4 + A64 + (3 << 10))],
    [
      'FS REP OUTSW with 32-bit addresses',
      [0x64, 0x67, 0xf3, 0x66, 0x6f],
      info(0x20, 0xc + A32 + (4 << 10)),
    ],
  ] as const) {
    it(`${name} tells size, direction and port, and the RIP behind it`, () => {
      const cpu = ports(code, 0x70);
      cpu.state.setGpr(1, 2n);
      const vmcb = exited(cpu);
      assert.equal(exitCode(vmcb), 0x7bn);
      assert.equal(vmcb.read('EXITINFO1'), information);
      assert.deepEqual([vmcb.read('EXITINFO2'), at(vmcb)], [BigInt(GUEST_CODE + code.length), 0]);
    });
  }

  it('any byte of the access decides', () => {
    assert.equal(exitCode(exited(ports([0xef], 0x73))), 0x7bn);
    assert.equal(halted(ports([0xef], 0x74)), 2);
  });

  it('those beyond the last port lie behind it', () => {
    const cpu = ports([0xef], 0x10000);
    cpu.state.setGpr(2, 0xffffn);
    assert.equal(exitCode(exited(cpu)), 0x7bn);
  });

  it('without the intercept the map means nothing', () => {
    assert.equal(halted(ports([0xef], 0x70, { INTERCEPT_VECTOR_3: 0 })), 2);
  });
});

describe('MSR_PROT (APM 2 15.11)', () => {
  const onMsr = intercepting(X.MSR);
  /** RDMSR or WRMSR of a number, with one bit of the map set. */
  const access = (write: boolean, number: number, byte: number, bit: number) => {
    const cpu = prepare({ ...onMsr, RAX: 0 }, [0x31, 0xd2, 0x0f, write ? 0x30 : 0x32]);
    cpu.state.setGpr(1, BigInt(number));
    cpu.physical.write8(MSRPM + byte, 1 << bit);
    return cpu;
  };

  for (const [number, byte, bit] of [
    [0x174, 0x5d, 0],
    [0xc0000082, 0x820, 4],
    [0xc0010117, 0x1000 + 0x45, 6],
  ] as const) {
    it(`two bits of the map decide about ${number.toString(16)}h`, () => {
      const read = exited(access(false, number, byte, bit));
      assert.deepEqual([exitCode(read), read.read('EXITINFO1')], [0x7cn, 0n]);
      const write = exited(access(true, number, byte, bit + 1));
      assert.deepEqual([exitCode(write), write.read('EXITINFO1')], [0x7cn, 1n]);
      assert.equal(halted(access(false, number, byte, bit + 1)), 5);
      assert.equal(halted(access(true, number, byte, bit)), 5);
    });
  }

  it('MSRs that the map does not have exit', () => {
    assert.equal(exitCode(exited(access(false, 0x4000_0000, 0, 7))), 0x7cn);
  });
});

describe('task switches (APM 2 15.14.1)', () => {
  const legacy: VmcbValues = {
    EFER: 0x1000,
    CR0: 0x11,
    CR4: 0,
    CS_ATTRIB: 0xc9b,
    GDTR_LIMIT: 0x2f,
  };
  const guest = (code: readonly number[], fields: VmcbValues = {}) => {
    const cpu = prepare({ ...legacy, ...intercepting(X.TASK_SWITCH), ...fields }, code);
    cpu.physical.write64(0x12f000 + 0x20, 0x0000_8900_0000_0067n | (0x1c0n << 32n));
    return cpu;
  };

  it('by a far jump tells so, and the selector', () => {
    const vmcb = exited(guest([0xea, 0, 0, 0, 0, 0x20, 0]));
    assert.deepEqual(
      [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')],
      [0x7dn, 0x20n, 1n << 38n],
    );
    assert.deepEqual([at(vmcb), vmcb.read('NRIP')], [0, 0n]); // 15.7.1: only for intercepts of 15.9
  });

  it('by IRET tells so, and the task that is returned to', () => {
    const cpu = guest([0xcf], { RFLAGS: 0x4002, TR_SELECTOR: 0x18 });
    cpu.physical.write64(0x12f000 + 0x18, 0x0000_8b00_0000_0067n | (0x1c1n << 32n));
    cpu.physical.write64(0x12f000 + 0x20, 0x0000_8b00_0000_0067n | (0x1c0n << 32n)); // busy
    cpu.state.setSegment(7, { selector: 0x18, base: 0x1c1000n, limit: 0x67, accessRights: 0x8b });
    cpu.physical.write16(0x1c1000, 0x20);
    const vmcb = exited(cpu);
    assert.deepEqual(
      [exitCode(vmcb), vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')],
      [0x7dn, 0x20n, 1n << 36n],
    );
    assert.deepEqual([at(vmcb), vmcb.read('NRIP')], [0, 0n]);
  });

  it('by a far call', () => {
    const vmcb = exited(guest([0x9a, 0, 0, 0, 0, 0x20, 0]));
    assert.deepEqual([exitCode(vmcb), vmcb.read('EXITINFO2')], [0x7dn, 0n]);
  });

  it('by a gate tells the error code of the exception, and the event', () => {
    const cpu = guest([0x0f, 0x0b], { IDTR_BASE: 0x1d0000, IDTR_LIMIT: 0x7f });
    cpu.physical.write64(0x1d0000 + 13 * 8, 0x0000_8500_0020_0000n);
    cpu.physical.writeBytes(GUEST_CODE, Uint8Array.from([0xb8, 0xf8, 0, 0, 0, 0x8e, 0xd8])); // mov ds, 0xf8
    const vmcb = exited(cpu);
    assert.equal(exitCode(vmcb), 0x7dn);
    assert.equal(vmcb.read('EXITINFO2'), 0xf8n | (1n << 44n) | (1n << 48n));
    assert.equal(vmcb.readNumber('EXITINTINFO'), 0x80000b0d);
    assert.equal(vmcb.readNumber('EXITINTINFO_ERROR_CODE'), 0xf8);
  });
});
