import assert from 'node:assert/strict';
import { SvmExit } from '../../isa/svm/exit-codes';
import { WideCr4, WideEfer } from '../../isa/registers/control';
import type { Processor } from '../processor';
import {
  at,
  entryOf,
  exitCode,
  exited,
  GUEST_CODE,
  GUEST_TABLES,
  halted,
  intercepting,
  NESTED,
  NESTED_TABLES,
  prepare,
  type VmcbValues,
} from './prepared-processor.testing';

const LOAD = [0x8b, 0x04, 0x25, 0x00, 0x00, 0x0f, 0x00]; // mov eax, [0xf0000]
const STORE = [0x89, 0x04, 0x25, 0x00, 0x00, 0x0f, 0x00];
const DATA = 0xf0000;
const [FINAL, TABLE] = [1n << 32n, 2n << 32n];
const [P, RW, US, RSVD, ID] = [1n, 2n, 4n, 8n, 0x10n];

/** A guest with nested paging; `change` replaces the nested entry of a page. */
function guest(
  code: readonly number[],
  page: number,
  entry: (old: bigint) => bigint,
  fields: VmcbValues = {},
): Processor {
  const cpu = prepare({ ...NESTED, ...fields }, code);
  const place = entryOf(NESTED_TABLES, page);
  cpu.physical.write64(place, entry(cpu.physical.read64(place)));
  return cpu;
}

describe('nested paging (APM 2 15.25)', () => {
  it('translates the guest’s physical addresses', () => {
    const cpu = guest(LOAD, DATA, () => 0xe0007n);
    cpu.physical.write32(0xe0000, 0x1234);
    halted(cpu);
    assert.equal(cpu.state.gpr(0), 0x1234n);
  });

  it('sets accessed and dirty flags; walks of the guest’s tables count as writes (15.25.5)', () => {
    const cpu = guest([...LOAD, ...STORE], 0xe0000, (old) => old);
    halted(cpu);
    const flags = (page: number): bigint =>
      cpu.physical.read64(entryOf(NESTED_TABLES, page)) & 0x60n;
    assert.deepEqual(
      [flags(DATA), flags(GUEST_TABLES), flags(GUEST_CODE), flags(0xe0000)],
      [0x60n, 0x60n, 0x20n, 0n],
    );
  });

  for (const [name, code, entry, info] of [
    ['a read of a page that is not present', LOAD, () => 0n, FINAL | US],
    ['a write of one', STORE, () => 0n, FINAL | US | RW],
    ['a write of a page that is read-only', STORE, (old: bigint) => old & ~RW, FINAL | US | RW | P],
    ['an access to a page of the supervisor', LOAD, (old: bigint) => old & ~US, FINAL | US | P],
    ['a reserved bit', LOAD, (old: bigint) => old | (1n << 45n), FINAL | US | P | RSVD],
  ] as const) {
    it(`${name} exits with NPF`, () => {
      const vmcb = exited(guest(code, DATA, entry));
      assert.equal(exitCode(vmcb), BigInt(SvmExit.NPF));
      assert.deepEqual(
        [vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2'), at(vmcb)],
        [info, BigInt(DATA), 0],
      );
      assert.equal(vmcb.readNumber('BYTES_FETCHED'), 15);
      assert.equal(vmcb.read('BYTES_FETCHED') === 15n && vmcb.read('NRIP') === 0n, true);
    });
  }

  it('a fetch from a page that forbids it tells so, and no instruction', () => {
    const vmcb = exited(guest(LOAD, GUEST_CODE, (old) => old | (1n << 63n)));
    assert.deepEqual([exitCode(vmcb), vmcb.read('EXITINFO1')], [0x400n, FINAL | US | P | ID]);
    assert.deepEqual(
      [vmcb.read('EXITINFO2'), vmcb.readNumber('BYTES_FETCHED')],
      [BigInt(GUEST_CODE), 0],
    );
  });

  it('without EFER.NXE of the host that bit is reserved', () => {
    const cpu = guest(LOAD, GUEST_CODE, (old) => old | (1n << 63n));
    cpu.state.efer &= ~WideEfer.NXE;
    assert.equal(exited(cpu).read('EXITINFO1'), FINAL | US | P | RSVD);
    const smep = guest(LOAD, GUEST_CODE, (old) => old | (1n << 63n));
    smep.state.efer &= ~WideEfer.NXE;
    smep.state.cr4 |= WideCr4.SMEP;
    assert.equal(exited(smep).read('EXITINFO1'), FINAL | US | P | RSVD | ID);
  });

  it('an entry of level 4 has its bit 8 reserved (5.3.3)', () => {
    const cpu = prepare(NESTED, LOAD);
    cpu.physical.write64(NESTED_TABLES, cpu.physical.read64(NESTED_TABLES) | 0x100n);
    const vmcb = exited(cpu);
    assert.deepEqual(
      [exitCode(vmcb), vmcb.read('EXITINFO1')],
      [0x400n, TABLE | US | RW | P | RSVD],
    );
  });

  it('a guest page table that cannot be written exits for the walk', () => {
    const vmcb = exited(guest(LOAD, GUEST_TABLES, (old) => old & ~RW));
    assert.deepEqual(
      [vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')],
      [TABLE | US | RW | P, BigInt(GUEST_TABLES)],
    );
  });

  it('an address beyond what the tables can tell exits', () => {
    const cpu = prepare({ ...NESTED, EFER: 0x1d00 }, LOAD);
    cpu.physical.write64(entryOf(GUEST_TABLES, DATA), 0x80_0000_0007n);
    const vmcb = exited(cpu);
    assert.deepEqual(
      [vmcb.read('EXITINFO1'), vmcb.read('EXITINFO2')],
      [FINAL | US, 0x80_0000_0000n],
    );
  });

  it('out of the delivery of an event, EXITINTINFO tells that', () => {
    const vmcb = exited(guest([0x0f, 0x0b], 0x13f000, () => 0n));
    assert.deepEqual([exitCode(vmcb), vmcb.readNumber('EXITINTINFO')], [0x400n, 0x80000306]);
    assert.equal(vmcb.readNumber('BYTES_FETCHED'), 0);
  });

  it('the guest’s page faults are the guest’s', () => {
    const cpu = prepare({ ...NESTED, ...intercepting(SvmExit.EXCEPTION + 14) }, LOAD);
    cpu.physical.write64(entryOf(GUEST_TABLES, DATA), 0n);
    assert.equal(exitCode(exited(cpu)), 0x4en);
  });

  it('gives the guest a PAT of its own', () => {
    const wrmsr = [0xb9, 0x77, 2, 0, 0, 0x31, 0xd2, 0x0f, 0x30, 0x0f, 0xa2];
    const own = prepare(
      { ...NESTED, ...intercepting(SvmExit.CPUID), RAX: 6, G_PAT: 0x0606n },
      wrmsr,
    );
    const host = own.state.msr(0x277);
    assert.equal(exited(own).read('G_PAT'), 6n);
    assert.equal(own.state.msr(0x277), host);
  });

  it('a host’s tables of PAE paging are read in their format', () => {
    const cpu = prepare(
      { ...NESTED, N_CR3: 0x170000, CR0: 0x11, EFER: 0x1000, CR4: 0, CS_ATTRIB: 0xc9b },
      [0xa1, 0, 0, 0x0f, 0],
    );
    const { state, physical } = cpu;
    physical.write64(0x170000, BigInt(NESTED_TABLES + 0x2001));
    physical.write64(entryOf(NESTED_TABLES, DATA), 0xe0007n);
    physical.write32(0xe0000, 0x4321);
    // The host: PAE paging with identity tables of its own.
    physical.write64(0x171000, BigInt(GUEST_TABLES + 0x2001));
    Object.assign(state, { efer: 0x1800n, cr3: 0x171000n });
    state.pdptes[0] = BigInt(GUEST_TABLES + 0x2001);
    state.setSegment(1, { selector: 8, base: 0n, limit: 0xffffffff, accessRights: 0xc09b });
    cpu.updateDerivedState();
    halted(cpu);
    assert.equal(state.gpr(0), 0x4321n);
  });
});
