import assert from 'node:assert/strict';
import { SecondaryControl } from '../../isa/vmx/controls';
import { ExitReason } from '../../isa/vmx/exit-reasons';
import { Field } from '../../isa/vmx/fields';
import type { Processor } from '../processor';
import { LONG_MODE, type FieldValues } from './entry-checks/valid-vmcs.testing';
import { prepare } from './prepared-processor.testing';

/** What EPT can do beside translating: PML, #VE, mode-based execute control, what violations tell. */

const HOST_CODE = 0x100000;
const GUEST_CODE = 0x109000;
const UPPER_HALF = 0xffff800000000000n;
const PML4 = 0x110000;
const EPT = 0x150000;
/** The EPT maps the first 2 MBytes by 4-KByte pages: this is their table. */
const EPT_PTES = EPT + 0x3000;
const LOG = 0x160000;
const VE_AREA = 0x161000;
const IDT = 0x120000;
const GDT = 0x121000;
const HANDLER = 0x122000;
/** Where the guest reads and writes; and a page table of its own, of one page. */
const DATA = 0x130000;
const [HLT, VMCALL] = [[0xf4], [0x0f, 0x01, 0xc1]] as const;
const [R, W, X, XU] = [1n, 2n, 4n, 1n << 10n] as const;
const [A, D] = [1n << 8n, 1n << 9n] as const;
const SUPPRESS_VE = 1n << 63n;
const WB = 6n << 3n;
const AD = 1 << 6;

const READ_DATA = [0x8a, 0x04, 0x25, 0, 0, 0x13, 0];
const WRITE_DATA = [0x88, 0x04, 0x25, 0, 0, 0x13, 0];

interface Guest {
  readonly secondary?: number;
  readonly fields?: FieldValues;
  /** The EPT entries of pages that are not as all others, which allow everything. */
  readonly entries?: Readonly<Record<number, bigint>>;
  readonly code: readonly number[];
}

const entryAt = (page: number): number => EPT_PTES + (page >> 12) * 8;
const entryOf = (cpu: Processor, page: number): bigint => cpu.physical.read64(entryAt(page));

function guest({ secondary = 0, fields = {}, entries = {}, code }: Guest): Processor {
  const cpu = prepare({
    ...LONG_MODE,
    SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_EPT | secondary,
    EPT_POINTER: EPT | 0x1e,
    HOST_CR3: PML4,
    GUEST_CR3: PML4,
    GUEST_RIP: UPPER_HALF + BigInt(GUEST_CODE),
    GUEST_IDTR_BASE: UPPER_HALF + BigInt(IDT),
    GUEST_GDTR_BASE: UPPER_HALF + BigInt(GDT),
    PML_ADDRESS: LOG,
    VIRT_EXCEPTION_INFO_ADDR: VE_AREA,
    ...fields,
  });
  const { physical } = cpu;
  for (const [level, table] of [EPT, EPT + 0x1000, EPT + 0x2000].entries()) {
    physical.write64(table, BigInt(EPT + 0x1000 * (level + 1)) | R | W | X | XU);
  }
  for (let page = 0; page < 0x200000; page += 4096) {
    physical.write64(entryAt(page), BigInt(page) | R | W | X | XU | WB);
  }
  for (const [page, entry] of Object.entries(entries)) {
    physical.write64(entryAt(Number(page)), BigInt(page) | entry | (entry & 7n ? WB : 0n));
  }
  physical.write64(IDT + 16 * 20, 0x8e00_0008_2000n | (0x12n << 48n));
  physical.write64(IDT + 16 * 20 + 8, 0xffff8000n);
  physical.write64(GDT + 8, 0x00af9b000000ffffn);
  physical.writeBytes(GUEST_CODE, Uint8Array.from([...code, ...VMCALL]));
  physical.writeBytes(HANDLER, Uint8Array.from(VMCALL));
  physical.writeBytes(HOST_CODE, Uint8Array.from(HLT));
  return cpu;
}

function exited(cpu: Processor, launch = true) {
  assert.equal(cpu.vmx.enter(launch).kind, 'VMsucceed');
  assert.deepEqual(cpu.vmx.entryFailures, []);
  assert.equal(cpu.run(1000).kind, 'halt');
  const vmcs = cpu.vmx.current;
  assert.ok(vmcs);
  return {
    reason: vmcs.readNumber(Field.VM_EXIT_REASON),
    qualification: vmcs.readNumber(Field.EXIT_QUALIFICATION),
    physical: vmcs.readNumber(Field.GUEST_PHYSICAL_ADDRESS),
    linear: vmcs.read(Field.GUEST_LINEAR_ADDRESS),
    event: vmcs.readNumber(Field.VM_EXIT_INTR_INFO),
    at: Number(vmcs.read(Field.GUEST_RIP) - UPPER_HALF),
    index: vmcs.readNumber(Field.GUEST_PML_INDEX),
  };
}

describe('an EPT violation tells of guest paging (SDM 3C table 28-7)', () => {
  const [TRANSLATED, USER, WRITABLE, XD] = [0x180, 0x200, 0x400, 0x800];
  /** A guest page table for linear address 0, whose entry has these bits. */
  function ownPage(bits: bigint, code = READ_DATA) {
    const cpu = guest({ code, entries: { [DATA]: 0n } });
    for (const [level, table] of [0x111000, 0x112000].entries()) {
      cpu.physical.write64(table, BigInt(0x140000 + 0x1000 * level) | 7n);
    }
    cpu.physical.write64(0x112000, 0x140000n | 7n);
    cpu.physical.write64(0x111000, 0x112000n | 7n);
    cpu.physical.write64(PML4, 0x111000n | 7n);
    for (let page = 0; page < 0x200000; page += 4096) {
      cpu.physical.write64(0x140000 + (page >> 12) * 8, BigInt(page) | 3n);
    }
    cpu.physical.write64(0x140000 + (DATA >> 12) * 8, BigInt(DATA) | bits | 1n);
    cpu.vmx.write(Field.GUEST_IA32_EFER, 0xd01);
    return exited(cpu);
  }

  const rows: readonly (readonly [string, bigint, number])[] = [
    ['a supervisor page that is read-only', 0n, 0],
    ['one that is writable', 2n, WRITABLE],
    ['a user page', 6n, WRITABLE | USER],
    ['an execute-disable page', (1n << 63n) | 2n, WRITABLE | XD],
  ];
  for (const [what, bits, told] of rows) {
    it(`of ${what}`, () => {
      const exit = ownPage(bits);
      assert.deepEqual(
        [exit.reason, exit.qualification, exit.physical, exit.linear],
        [ExitReason.EPT_VIOLATION, 1 | TRANSLATED | told, DATA, BigInt(DATA)],
      );
    });
  }

  it('but not where a page walk meets it', () => {
    const exit = exited(guest({ code: [], entries: { [PML4]: 0n } }));
    assert.deepEqual([exit.qualification, exit.physical], [0x81, PML4 + 0x800]);
  });
});

describe('mode-based execute control (SDM 3C 29.3.2)', () => {
  const secondary = SecondaryControl.MODE_BASED_EXECUTE_CONTROL;
  const fetchOf = (entry: bigint, control = secondary) =>
    exited(guest({ secondary: control, code: [], entries: { [GUEST_CODE]: entry } }));

  it('lets the supervisor fetch by bit 2', () => {
    assert.equal(fetchOf(R | X).reason, ExitReason.VMCALL);
    const exit = fetchOf(R | W | XU);
    assert.equal(exit.reason, ExitReason.EPT_VIOLATION);
    // A fetch; reads, writes and user-mode fetches are allowed; the page is the supervisor's, and writable.
    assert.equal(exit.qualification, 0x4 | 0x18 | 0x40 | 0x180 | 0x400);
  });

  it('lets users fetch by bit 10', () => {
    const user = {
      GUEST_CS_AR_BYTES: 0xa0fb,
      GUEST_SS_AR_BYTES: 0xc0f3,
      GUEST_CS_SELECTOR: 0x1b,
      GUEST_SS_SELECTOR: 0x23,
    };
    const run = (entry: bigint) => {
      const cpu = guest({ secondary, code: [], fields: user, entries: { [GUEST_CODE]: entry } });
      for (const at of [PML4 + 0x800, 0x111000]) {
        cpu.physical.write64(at, cpu.physical.read64(at) | 4n);
      }
      cpu.physical.write64(0x112000, 0x87n);
      return exited(cpu);
    };
    assert.equal(run(R | XU).reason, ExitReason.VMCALL);
    const exit = run(R | X);
    assert.equal(exit.reason, ExitReason.EPT_VIOLATION);
    assert.equal(exit.qualification, 0x4 | 0x8 | 0x20 | 0x180 | 0x600);
  });

  it('makes an entry with bit 10 alone present', () => {
    assert.equal(fetchOf(XU).qualification, 0x4 | 0x40 | 0x180 | 0x400);
    assert.equal(fetchOf(XU, 0).qualification, 0x4 | 0x180 | 0x400);
  });

  it('is what bit 10 means with the control alone', () => {
    assert.equal(fetchOf(R | X | XU, 0).reason, ExitReason.VMCALL);
    assert.equal(fetchOf(R | XU, 0).qualification, 0x4 | 0x8 | 0x180 | 0x400);
  });
});

describe('the page-modification log (SDM 3C 29.3.6)', () => {
  const secondary = SecondaryControl.ENABLE_PML;
  const fields = { EPT_POINTER: EPT | 0x1e | AD, GUEST_PML_INDEX: 511 };
  /** All pages of the guest's tables are dirty already. */
  const dirty = R | W | X | A | D;
  const entries = { [PML4]: dirty, [0x111000]: dirty, [0x112000]: dirty };
  const logged = (cpu: Processor, index: number): number =>
    Number(cpu.physical.read64(LOG + 8 * index));

  it('has the address of a page that becomes dirty, once', () => {
    const cpu = guest({ secondary, fields, entries, code: [...WRITE_DATA, ...WRITE_DATA] });
    const exit = exited(cpu);
    assert.deepEqual([exit.reason, exit.index], [ExitReason.VMCALL, 510]);
    assert.equal(logged(cpu, 511), DATA);
    assert.equal(entryOf(cpu, DATA) & (A | D), A | D);
  });

  it('has those of the guest’s paging structures, too', () => {
    const cpu = guest({ secondary, fields, code: READ_DATA });
    assert.equal(exited(cpu).index, 508);
    assert.deepEqual(
      [511, 510, 509].map((index) => logged(cpu, index)),
      [PML4, 0x111000, 0x112000],
    );
  });

  it('is full when the index has wrapped: a VM exit before anything is done', () => {
    const full = { ...fields, GUEST_PML_INDEX: 0 };
    const cpu = guest({
      secondary,
      fields: full,
      entries,
      code: [...WRITE_DATA, 0x88, 0x04, 0x25, 0, 0x10, 0x13, 0],
    });
    const exit = exited(cpu);
    assert.deepEqual(
      [exit.reason, exit.qualification, exit.at, exit.index],
      [ExitReason.PML_FULL, 0, GUEST_CODE + 7, 0xffff],
    );
    assert.equal(logged(cpu, 0), DATA);
    assert.equal(entryOf(cpu, DATA + 0x1000) & D, 0n);
  });

  it('logs nothing without dirty flags, or without the control', () => {
    const plain = guest({
      secondary,
      fields: { GUEST_PML_INDEX: 511 },
      code: WRITE_DATA,
    });
    assert.equal(exited(plain).index, 511);
    assert.equal(exited(guest({ fields, entries, code: WRITE_DATA })).index, 511);
  });
});

describe('virtualization exceptions (SDM 3C 26.5.7)', () => {
  const secondary = SecondaryControl.EPT_VIOLATION_VE;
  const denied = { [DATA]: 0n };

  it('are EPT violations that the guest gets, with what a VM exit would have told', () => {
    const fields = { EPTP_INDEX: 7 };
    const cpu = guest({ secondary, fields, entries: denied, code: WRITE_DATA });
    const exit = exited(cpu);
    assert.deepEqual([exit.reason, exit.at], [ExitReason.VMCALL, HANDLER]);
    const { physical } = cpu;
    assert.equal(physical.read32(VE_AREA), ExitReason.EPT_VIOLATION);
    assert.equal(physical.read32(VE_AREA + 4), 0xffffffff);
    assert.equal(physical.read64(VE_AREA + 8), 0x2n | 0x180n | 0x400n);
    assert.equal(physical.read64(VE_AREA + 16), BigInt(DATA));
    assert.equal(physical.read64(VE_AREA + 24), BigInt(DATA));
    assert.equal(physical.read16(VE_AREA + 32), 7);
  });

  it('return to the instruction, and come by fetches, too', () => {
    const cpu = guest({ secondary, entries: { [GUEST_CODE]: R }, code: [] });
    assert.equal(exited(cpu).at, HANDLER);
    assert.equal(cpu.physical.read64(VE_AREA + 8), 0x4n | 0x8n | 0x180n | 0x400n);
  });

  const exits: readonly (readonly [string, Partial<Guest>, (cpu: Processor) => void])[] = [
    ['the entry suppresses them', { entries: { [DATA]: SUPPRESS_VE } }, () => undefined],
    ['the page’s entry does', { entries: { [DATA]: R | SUPPRESS_VE } }, () => undefined],
    [
      'the area is not free',
      {},
      ({ physical }) => {
        physical.write32(VE_AREA + 4, 1);
      },
    ],
    ['the control is 0', { secondary: 0 }, () => undefined],
  ];
  for (const [when, change, setup] of exits) {
    it(`are VM exits where ${when}`, () => {
      const cpu = guest({ secondary, entries: denied, code: WRITE_DATA, ...change });
      setup(cpu);
      const exit = exited(cpu);
      assert.deepEqual([exit.reason, exit.at], [ExitReason.EPT_VIOLATION, GUEST_CODE]);
      assert.equal(cpu.physical.read32(VE_AREA), 0);
    });
  }

  it('are VM exits during the delivery of an event', () => {
    const cpu = guest({ secondary, entries: { [IDT]: 0n }, code: [0x0f, 0x0b] });
    const exit = exited(cpu);
    assert.equal(exit.reason, ExitReason.EPT_VIOLATION);
    assert.equal(cpu.vmx.current?.readNumber(Field.IDT_VECTORING_INFO), 0x80000306);
  });

  it('exit by bit 20 of the exception bitmap, without an error code', () => {
    const fields = { EXCEPTION_BITMAP: 1 << 20 };
    const exit = exited(guest({ secondary, fields, entries: denied, code: WRITE_DATA }));
    assert.deepEqual([exit.reason, exit.event], [ExitReason.EXCEPTION_NMI, 0x80000314]);
  });

  it('are no business of misconfigurations', () => {
    const exit = exited(guest({ secondary, entries: { [DATA]: W }, code: WRITE_DATA }));
    assert.equal(exit.reason, ExitReason.EPT_MISCONFIGURATION);
  });
});
