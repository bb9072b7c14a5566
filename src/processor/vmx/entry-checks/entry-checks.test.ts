import assert from 'node:assert/strict';
import {
  EntryControl,
  ExitControl,
  PrimaryControl,
  SecondaryControl,
} from '../../../isa/vmx/controls';
import { DEFAULT_PROFILE } from '../../profile/default';
import type { VmxCapabilities } from '../capabilities';
import { checkEntry, ENTRY_CHECKS, explainEntry, formatFailure, msrLoadRefusal } from './index';
import {
  entryWith,
  LINKED_VMCS,
  LONG_MODE,
  PAE_MODE,
  REAL_MODE,
  VIRTUAL_8086,
  VMCS_ADDRESS,
  type FieldValues,
} from './valid-vmcs.testing';
import {
  BEYOND,
  CASES,
  ENTRY,
  EXIT,
  HOST_32,
  PRIMARY,
  SECONDARY,
  VALID,
  type Mutation,
} from './mutations.testing';

function show(change: FieldValues): string {
  return Object.entries(change)
    .map(([id, value]) => `${id}=${value.toString(16)}h`)
    .join(' ');
}

describe('VM-entry checks', () => {
  for (const [name, fields] of [
    ['64-bit mode', LONG_MODE],
    ['real mode, unrestricted', REAL_MODE],
    ['PAE paging, ring 3', PAE_MODE],
    ['virtual-8086 mode', VIRTUAL_8086],
  ] as const) {
    it(`lets a valid VMCS enter: ${name}`, () => {
      assert.deepEqual(explainEntry(entryWith(fields)), []);
      assert.equal(checkEntry(entryWith(fields)), undefined);
    });
  }

  it('lets a 32-bit host enter a 32-bit guest', () => {
    const fields = { ...PAE_MODE, ...HOST_32 };
    assert.deepEqual(explainEntry(entryWith(fields, { longModeActive: false })), []);
  });

  it('lets a VMCS with a proper link pointer enter', () => {
    const fields = { ...LONG_MODE, VMCS_LINK_POINTER: LINKED_VMCS };
    assert.equal(checkEntry(entryWith(fields)), undefined);
  });

  for (const [group, base, mutations] of CASES) {
    describe(group, () => {
      for (const [expected, change, facts] of mutations) {
        it(`${expected}: ${show(change)}`, () => {
          const refusal = checkEntry(entryWith({ ...base, ...change }, facts));
          assert.ok(refusal, 'the entry was not refused');
          assert.equal(refusal.failures[0]?.id, expected);
          const area = expected.split('.')[0];
          if (area === 'guest') {
            assert.equal(refusal.kind === 'VM exit' && refusal.reason, 0x80000021);
          } else {
            assert.equal(
              refusal.kind === 'VMfailValid' && refusal.error,
              area === 'controls' ? 7 : 8,
            );
          }
          assert.doesNotThrow(() => refusal.failures.map(formatFailure));
        });
      }
    });
  }

  const qualified: readonly [string, FieldValues, FieldValues, number][] = [
    ['a field', LONG_MODE, { GUEST_RFLAGS: 0 }, 0],
    ['a PDPTE', PAE_MODE, { GUEST_PDPTE1: 3 }, 2],
    [
      'NMI injection',
      LONG_MODE,
      { GUEST_INTERRUPTIBILITY_INFO: 1, VM_ENTRY_INTR_INFO: VALID + 0x202 },
      3,
    ],
    ['the link pointer', LONG_MODE, { VMCS_LINK_POINTER: 1 }, 4],
  ];
  for (const [what, base, change, qualification] of qualified) {
    it(`gives qualification ${qualification} for ${what}`, () => {
      const refusal = checkEntry(entryWith({ ...base, ...change }));
      assert.equal(refusal?.kind === 'VM exit' && refusal.qualification, qualification);
    });
  }

  it('refuses the current VMCS as link', () => {
    const capabilities = DEFAULT_PROFILE.vmx;
    const context = entryWith({ ...LONG_MODE, VMCS_LINK_POINTER: VMCS_ADDRESS });
    const read = (address: number) =>
      address === VMCS_ADDRESS ? capabilities.revision : context.facts.memory.read32(address);
    const facts = { ...context.facts, memory: { ...context.facts.memory, read32: read } };
    assert.equal(checkEntry({ ...context, facts })?.failures[0]?.id, 'guest.link-pointer.current');
  });

  it('reads PDPTEs from memory without EPT', () => {
    const fields = {
      ...PAE_MODE,
      SECONDARY_VM_EXEC_CONTROL: SecondaryControl.ENABLE_VPID,
      GUEST_CR0: 0x80000033,
      GUEST_CR3: 0x4020,
    };
    const context = entryWith(fields);
    assert.equal(checkEntry(context), undefined);
    const bad = { ...context.facts.memory, read64: (a: number) => (a === 0x4038 ? 0x21n : 0n) };
    const refusal = checkEntry({ ...context, facts: { ...context.facts, memory: bad } });
    assert.equal(refusal?.failures[0]?.id, 'guest.pdptes-in-memory');
    assert.equal(refusal?.kind === 'VM exit' && refusal.qualification, 2);
  });

  it('stops after the first area, but explains them all', () => {
    const context = entryWith({
      ...LONG_MODE,
      VIRTUAL_PROCESSOR_ID: 0,
      HOST_CR3: BEYOND,
      GUEST_RFLAGS: 0,
    });
    assert.deepEqual(
      checkEntry(context)?.failures.map((f) => f.id),
      ['controls.vpid.not-zero'],
    );
    assert.deepEqual(
      explainEntry(context).map((f) => f.id),
      ['controls.vpid.not-zero', 'host.cr3', 'guest.rflags.reserved'],
    );
  });

  it('says what was found and what is allowed', () => {
    const [failure] = explainEntry(entryWith({ ...LONG_MODE, GUEST_CR0: 0x80000032 }));
    assert.ok(failure);
    assert.equal(
      formatFailure(failure),
      'GUEST_CR0 = 0x80000032; allowed: PG only with PE (SDM 3C 27.3.1.1)',
    );
    const [control] = explainEntry(
      entryWith({ ...LONG_MODE, SECONDARY_VM_EXEC_CONTROL: SECONDARY | (1 << 15) }),
    );
    assert.equal(control?.allowed, 'must be 0: "Enable ENCLS exiting"');
  });

  it('has a name of its own for every check', () => {
    const ids = Object.values(ENTRY_CHECKS).flatMap((list) => list.map((check) => check.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.length > 180, String(ids.length));
  });
});

describe('VM-entry checks on a processor with everything', () => {
  const all = { mustBe1: 0, mayBe1: 0xffffffff };
  const capabilities: VmxCapabilities = {
    ...DEFAULT_PROFILE.vmx,
    pinBased: all,
    primary: all,
    secondary: all,
    exit: all,
    entry: all,
    tertiary: 0xffn,
  };
  const primary = (extra: number) => ({ CPU_BASED_VM_EXEC_CONTROL: (PRIMARY | extra) >>> 0 });
  const { ACTIVATE_TERTIARY_CONTROLS } = PrimaryControl;
  const cases: readonly Mutation[] = [
    [
      'controls.tertiary.ept',
      {
        ...primary(ACTIVATE_TERTIARY_CONTROLS),
        TERTIARY_VM_EXEC_CONTROL: 2,
        SECONDARY_VM_EXEC_CONTROL: 0,
      },
    ],
    ['controls.entry.smm', { VM_ENTRY_CONTROLS: ENTRY | EntryControl.ENTRY_TO_SMM }],
    ['host.pkrs', { VM_EXIT_CONTROLS: EXIT | ExitControl.LOAD_PKRS, HOST_IA32_PKRS: 1n << 32n }],
    ['host.ssp.aligned', { VM_EXIT_CONTROLS: EXIT | ExitControl.LOAD_CET_STATE, HOST_SSP: 1 }],
    [
      'guest.s-cet.reserved',
      { VM_ENTRY_CONTROLS: ENTRY | EntryControl.LOAD_CET_STATE, GUEST_S_CET: 0xc00 },
    ],
    ['guest.bndcfgs', { VM_ENTRY_CONTROLS: ENTRY | EntryControl.LOAD_BNDCFGS, GUEST_BNDCFGS: 4 }],
    ['guest.uinv', { VM_ENTRY_CONTROLS: ENTRY | EntryControl.LOAD_UINV, GUEST_UINV: 0x100 }],
  ];
  for (const [expected, change] of cases) {
    it(`${expected}: ${show(change)}`, () => {
      const context = entryWith({ ...LONG_MODE, ...change }, {}, capabilities);
      assert.equal(checkEntry(context)?.failures[0]?.id, expected);
    });
  }
});

describe('MSRs in the VM-entry MSR-load area', () => {
  const refused: readonly [number, number, boolean, boolean][] = [
    [0xc0000100, 0, false, true],
    [0xc0000101, 0, false, true],
    [0xc0000102, 0, false, false],
    [0x808, 0, true, true],
    [0x808, 0, false, false],
    [0x79, 0, false, true],
    [0x9b, 0, false, true],
    [0x10, 1, false, true],
    [0x10, 0, false, false],
  ];
  for (const [index, reserved, x2apic, expected] of refused) {
    it(`MSR ${index.toString(16)}h${expected ? ' is refused' : ' is loaded'}`, () => {
      const refusal = msrLoadRefusal({ index, reserved, data: 0n }, x2apic, false);
      assert.equal(refusal !== undefined, expected);
    });
  }
});
