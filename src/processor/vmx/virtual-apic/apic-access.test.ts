import assert from 'node:assert/strict';
import { Apic } from '../../../isa/apic';
import { PrimaryControl, SecondaryControl } from '../../../isa/vmx/controls';
import { Field } from '../../../isa/vmx/fields';
import { ExitReason } from '../../../isa/vmx/exit-reasons';
import { EptRights } from '../../../isa/ept';
import type { FieldValues } from '../entry-checks/valid-vmcs.testing';
import {
  APIC_ACCESS,
  apicGuest,
  eax,
  GUEST_CODE,
  inService,
  load,
  requested,
  runToExit,
  setVectors,
  setVirtual,
  store,
  UPPER_HALF,
  virtual,
  VMCALL,
} from './apic-guest.testing';

const { USE_TPR_SHADOW } = PrimaryControl;
const { VIRTUALIZE_APIC_ACCESSES, APIC_REGISTER_VIRTUALIZATION, VIRTUAL_INTERRUPT_DELIVERY } =
  SecondaryControl;

/** The controls in their legal combinations, from none to all. */
const ACCESSES = { secondary: VIRTUALIZE_APIC_ACCESSES };
const WITH_SHADOW = { primary: USE_TPR_SHADOW, secondary: VIRTUALIZE_APIC_ACCESSES };
const WITH_REGISTERS = {
  primary: USE_TPR_SHADOW,
  secondary: VIRTUALIZE_APIC_ACCESSES | APIC_REGISTER_VIRTUALIZATION,
};
const WITH_INTERRUPTS = {
  primary: USE_TPR_SHADOW,
  secondary: VIRTUALIZE_APIC_ACCESSES | VIRTUAL_INTERRUPT_DELIVERY,
};
const WITH_ALL = {
  primary: USE_TPR_SHADOW,
  secondary: WITH_REGISTERS.secondary | VIRTUAL_INTERRUPT_DELIVERY,
};

const [READ, WRITE, FETCH, EVENT, PHYSICAL] = [0, 1, 2, 3, 15].map((type) => type << 12) as [
  number,
  number,
  number,
  number,
  number,
];
const VALUE = 0x12345678;
const offsets = Array.from({ length: 64 }, (_, n) => n * 16);
const eight = (first: number): number[] => [0, 1, 2, 3, 4, 5, 6, 7].map((n) => first + 16 * n);

/** The tables of SDM 3C 30.4.2 and 30.4.3.1, written out. */
const WRITABLE = [
  ...[0x20, 0x80, 0xb0, 0xd0, 0xe0, 0xf0, 0x280, 0x300, 0x310, 0x320, 0x330, 0x340],
  ...[0x350, 0x360, 0x370, 0x380, 0x3e0],
];
const READABLE = [...WRITABLE, 0x30, ...eight(0x100), ...eight(0x180), ...eight(0x200)];

/** Which offsets a guest reads, or writes, without an APIC-access exit. */
function virtualized(controls: Parameters<typeof apicGuest>[0], write: boolean): number[] {
  const code = (offset: number) => (write ? store : load)(APIC_ACCESS + offset);
  const cpu = apicGuest(controls, {}, ...offsets.map((offset) => [...code(offset), ...VMCALL]));
  return offsets.filter((offset, n) => {
    const start = n * 10;
    cpu.vmx.write(Field.GUEST_RIP, UPPER_HALF + BigInt(GUEST_CODE + start));
    const exit = runToExit(cpu, n === 0);
    if (exit.reason !== ExitReason.APIC_ACCESS) return true;
    assert.equal(exit.qualification, offset | (write ? WRITE : READ));
    assert.deepEqual([exit.at, exit.length], [start, 7]);
    return false;
  });
}

const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);

describe('accesses to the APIC-access page (SDM 3C 30.4)', () => {
  it('all exit without a TPR shadow, and tell where and how (table 28-6)', () => {
    assert.deepEqual(virtualized(ACCESSES, false), []);
    assert.deepEqual(virtualized(ACCESSES, true), []);
  });

  it('reach VTPR with one', () => {
    assert.deepEqual(virtualized(WITH_SHADOW, false), [0x80]);
    assert.deepEqual(virtualized(WITH_SHADOW, true), [0x80]);
  });

  it('may also write EOI and ICR with virtual-interrupt delivery', () => {
    assert.deepEqual(virtualized(WITH_INTERRUPTS, false), [0x80]);
    assert.deepEqual(virtualized(WITH_INTERRUPTS, true), [0x80, 0xb0, 0x300]);
  });

  it('reach most registers with "APIC-register virtualization"', () => {
    assert.deepEqual(virtualized(WITH_REGISTERS, false), sorted(READABLE));
    assert.deepEqual(virtualized(WITH_REGISTERS, true), sorted(WRITABLE));
  });

  it('find what lies in the virtual-APIC page, not in the APIC-access page', () => {
    const cpu = apicGuest(WITH_REGISTERS, {}, load(APIC_ACCESS + 0x20));
    setVirtual(cpu, 0x20, VALUE);
    cpu.physical.write32(APIC_ACCESS + 0x20, 1);
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(cpu.state.gpr(0), BigInt(VALUE));
  });

  it('are ordinary ones without the control', () => {
    const cpu = apicGuest(
      { primary: USE_TPR_SHADOW },
      {},
      load(APIC_ACCESS + 0x20),
      store(APIC_ACCESS + 0x80),
    );
    cpu.physical.write32(APIC_ACCESS + 0x20, VALUE);
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(cpu.physical.read32(APIC_ACCESS + 0x80), VALUE);
  });

  const shapes: readonly (readonly [string, readonly number[], number | undefined])[] = [
    ['a byte', [0x8a, 0x04, 0x25, 0x83, 0x10, 0x13, 0], undefined],
    ['8 bytes', [0x48, 0x8b, 0x04, 0x25, 0x80, 0x10, 0x13, 0], 0x80 | READ],
    ['4 bytes beyond the register', [0x8b, 0x04, 0x25, 0x81, 0x10, 0x13, 0], 0x81 | READ],
    ['the upper 12 bytes', [0x8b, 0x04, 0x25, 0x84, 0x10, 0x13, 0], 0x84 | READ],
    ['a vector', [0x0f, 0x28, 0x04, 0x25, 0x80, 0x10, 0x13, 0], 0x80 | READ],
    ['read, modify and write', [0x83, 0x0c, 0x25, 0x80, 0x10, 0x13, 0, 0x70], undefined],
    ['the same elsewhere', [0x83, 0x0c, 0x25, 0x30, 0x10, 0x13, 0, 0x70], 0x30 | WRITE],
  ];
  for (const [what, code, qualification] of shapes) {
    it(`of ${what}: ${qualification === undefined ? 'virtualized' : 'a VM exit'}`, () => {
      const cpu = apicGuest(WITH_REGISTERS, { GUEST_CR4: 0x2620 }, code);
      const exit = runToExit(cpu);
      if (qualification === undefined) {
        assert.equal(exit.reason, ExitReason.VMCALL);
        return;
      }
      assert.deepEqual([exit.reason, exit.qualification], [ExitReason.APIC_ACCESS, qualification]);
    });
  }

  it('that fetch exit', () => {
    const cpu = apicGuest(WITH_REGISTERS, { GUEST_RIP: UPPER_HALF + BigInt(APIC_ACCESS + 0x80) });
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.qualification], [ExitReason.APIC_ACCESS, 0x80 | FETCH]);
  });

  it('that deliver an event exit, and tell which', () => {
    const fields: FieldValues = { GUEST_RSP: APIC_ACCESS + 0x90 };
    const cpu = apicGuest(WITH_REGISTERS, fields, [0x0f, 0x0b]); // ud2
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.qualification], [ExitReason.APIC_ACCESS, 0x88 | EVENT]);
    assert.equal(cpu.vmx.current?.readNumber(Field.IDT_VECTORING_INFO), 0x80000306);
  });

  it('that a page walk makes by guest-physical addresses exit under EPT', () => {
    const eptPml4 = 0x150000;
    const secondary = WITH_REGISTERS.secondary | SecondaryControl.ENABLE_EPT;
    const fields = { EPT_POINTER: eptPml4 | 0x1e, GUEST_CR3: APIC_ACCESS };
    const cpu = apicGuest({ ...WITH_REGISTERS, secondary }, fields);
    cpu.physical.write64(eptPml4, BigInt(eptPml4 + 0x1000 + EptRights.ALL));
    cpu.physical.write64(eptPml4 + 0x1000, BigInt(0x80 | (6 << 3) | EptRights.ALL));
    const exit = runToExit(cpu);
    assert.deepEqual([exit.reason, exit.qualification], [ExitReason.APIC_ACCESS, 0x800 | PHYSICAL]);
  });

  it('find another page after a VM entry that names it, although translations have a tag', () => {
    const secondary = ACCESSES.secondary | SecondaryControl.ENABLE_VPID;
    const cpu = apicGuest({ secondary }, {}, load(APIC_ACCESS));
    assert.equal(runToExit(cpu).reason, ExitReason.APIC_ACCESS);
    cpu.vmx.write(Field.APIC_ACCESS_ADDR, APIC_ACCESS + 0x1000);
    assert.equal(runToExit(cpu, false).reason, ExitReason.VMCALL);
    cpu.vmx.write(Field.APIC_ACCESS_ADDR, APIC_ACCESS);
    cpu.vmx.write(Field.GUEST_RIP, UPPER_HALF + BigInt(GUEST_CODE));
    assert.equal(runToExit(cpu, false).reason, ExitReason.APIC_ACCESS);
  });
});

describe('APIC-write emulation (SDM 3C 30.4.3.2)', () => {
  const writes = (
    controls: Parameters<typeof apicGuest>[0],
    offset: number,
    value: number,
    fields: FieldValues = {},
  ) => apicGuest(controls, fields, eax(value), store(APIC_ACCESS + offset));

  it('clears bytes 3:1 of VTPR, and compares with the threshold', () => {
    const cpu = writes(WITH_SHADOW, Apic.TPR, VALUE, { TPR_THRESHOLD: 8 });
    setVirtual(cpu, Apic.TPR, 0x80);
    const exit = runToExit(cpu);
    assert.equal(virtual(cpu, Apic.TPR), 0x78);
    assert.deepEqual([exit.reason, exit.at], [ExitReason.TPR_BELOW_THRESHOLD, 12]);
  });

  it('clears bytes 2:0 of VICR_HI, and does nothing else', () => {
    const cpu = writes(WITH_REGISTERS, Apic.ICR_HIGH, VALUE);
    assert.equal(runToExit(cpu).reason, ExitReason.VMCALL);
    assert.equal(virtual(cpu, Apic.ICR_HIGH), 0x12000000);
  });

  it('exits after a write to most others, which stands in the page by then', () => {
    for (const offset of WRITABLE.filter((at) => at !== Apic.TPR && at !== Apic.ICR_HIGH)) {
      const cpu = writes(WITH_REGISTERS, offset, VALUE);
      const exit = runToExit(cpu);
      assert.deepEqual(
        [exit.reason, exit.qualification, exit.at],
        [ExitReason.APIC_WRITE, offset, 12],
      );
      assert.equal(virtual(cpu, offset), VALUE);
    }
  });

  it('ends the service of an interrupt by a write to EOI', () => {
    const cpu = writes(WITH_ALL, Apic.EOI, VALUE, { GUEST_INTR_STATUS: 0x6100 });
    setVectors(cpu, Apic.ISR, 0x61, 0x41);
    const exit = runToExit(cpu);
    assert.equal(exit.reason, ExitReason.VMCALL);
    assert.deepEqual(inService(cpu), [0x41]);
    assert.equal(exit.status, 0x4100);
    assert.deepEqual([virtual(cpu, Apic.PPR), virtual(cpu, Apic.EOI)], [0x40, 0]);
  });

  it('exits after an EOI of a vector in the EOI-exit bitmap', () => {
    const fields = { GUEST_INTR_STATUS: 0x61_00, EOI_EXIT_BITMAP1: 1n << 0x21n };
    const cpu = writes(WITH_ALL, Apic.EOI, 0, fields);
    setVectors(cpu, Apic.ISR, 0x61);
    const exit = runToExit(cpu);
    assert.deepEqual(
      [exit.reason, exit.qualification, exit.at],
      [ExitReason.VIRTUALIZED_EOI, 0x61, 12],
    );
    assert.deepEqual(inService(cpu), []);
    const other = writes(WITH_ALL, Apic.EOI, 0, { ...fields, EOI_EXIT_BITMAP1: 1n << 0x22n });
    setVectors(other, Apic.ISR, 0x61);
    assert.equal(runToExit(other).reason, ExitReason.VMCALL);
  });

  const SELF = 0x40000;
  it('requests an interrupt that is sent to oneself: fixed, by edge, with a legal vector', () => {
    for (const icr of [SELF | 0x31, SELF | 0x31 | 0x4000, SELF | 0x31 | 0x800, SELF | 0x10]) {
      const cpu = writes(WITH_ALL, Apic.ICR_LOW, icr);
      const exit = runToExit(cpu);
      assert.equal(exit.reason, ExitReason.VMCALL);
      assert.deepEqual(requested(cpu), [icr & 0xff]);
      assert.equal(exit.status, icr & 0xff);
    }
  });

  it('leaves all others to the hypervisor', () => {
    const others = [0x31, SELF | 0xf, SELF | 0x431, SELF | 0x8031, 0x80031, SELF | 0x1031];
    for (const icr of [...others, SELF | 0x100031, SELF | 0x2031]) {
      const cpu = writes(WITH_ALL, Apic.ICR_LOW, icr);
      const exit = runToExit(cpu);
      assert.deepEqual([exit.reason, exit.qualification], [ExitReason.APIC_WRITE, Apic.ICR_LOW]);
      assert.deepEqual(requested(cpu), []);
    }
  });
});
