import assert from 'node:assert/strict';
import { Msr } from '../../isa/registers/msr';
import { PrimaryControl, SecondaryControl } from '../../isa/vmx/controls';
import { Field, fieldBits, fieldByEncoding, VMCS_FIELDS } from '../../isa/vmx/fields';
import { DEFAULT_PROFILE } from '../profile/default';
import { fieldExists } from './capabilities';
import { flatMemory } from './flat-memory.testing';
import { GUEST_SEGMENT_FIELDS, HOST_SELECTOR_FIELDS } from './segment-fields';
import { LaunchState, Vmcs } from './vmcs';
import { FIELD_WORDS, fieldAtOffset, fieldOffset, fieldWord, VMCS_BYTES_USED } from './vmcs-layout';

describe('VMCS region', () => {
  const memory = flatMemory(0x2000);
  const vmcs = new Vmcs(memory, 0x1000);

  it('fits into 4 KBytes', () => {
    assert.ok(VMCS_BYTES_USED <= 4096);
  });

  it('keeps every field apart, in memory', () => {
    vmcs.revision = 0x1234;
    const value = (index: number, bits: number) =>
      BigInt.asUintN(bits, 0x9e37_79b9_7f4a_7c15n * BigInt(index + 1));
    VMCS_FIELDS.forEach((row, i) => {
      vmcs.write(row.encoding, value(i, 64));
    });
    const again = new Vmcs(memory, 0x1000);
    VMCS_FIELDS.forEach((row, i) => {
      assert.equal(again.read(row.encoding), value(i, fieldBits(row)), row.id);
      assert.equal(again.readNumber(row.encoding), Number(value(i, Math.min(32, fieldBits(row)))));
    });
    assert.equal(vmcs.revision, 0x1234);
    assert.equal(vmcs.launchState, LaunchState.CLEAR);
  });

  it('reads and writes the high half of 64-bit fields', () => {
    vmcs.write(Field.TSC_OFFSET, 0x1111_2222_3333_4444n);
    assert.equal(vmcs.read(Field.TSC_OFFSET | 1), 0x1111_2222n);
    vmcs.write(Field.TSC_OFFSET | 1, 0xaaaa_bbbbn);
    assert.equal(vmcs.read(Field.TSC_OFFSET), 0xaaaa_bbbb_3333_4444n);
    assert.throws(() => {
      vmcs.write(Field.GUEST_CR0 | 1, 0);
    }, RangeError);
  });

  it('refuses encodings that are no fields', () => {
    assert.throws(() => vmcs.read(0x7ffe), RangeError);
  });

  it('finds the field of an offset', () => {
    assert.equal(fieldAtOffset(fieldOffset(Field.GUEST_RIP) + 3), Field.GUEST_RIP);
    assert.equal(fieldAtOffset(4), undefined);
    assert.equal(fieldAtOffset(4095), undefined);
  });

  it('has the fields of segment registers in their order', () => {
    GUEST_SEGMENT_FIELDS.forEach((fields, index) => {
      const first = GUEST_SEGMENT_FIELDS[0];
      for (const kind of ['selector', 'base', 'limit', 'accessRights'] as const) {
        assert.equal(fieldWord(fields[kind]), fieldWord(first?.[kind] ?? 0) + FIELD_WORDS * index);
      }
    });
    HOST_SELECTOR_FIELDS.forEach((field, index) => {
      assert.equal(fieldWord(field), fieldWord(Field.HOST_ES_SELECTOR) + FIELD_WORDS * index);
    });
  });

  it('is cleared but for the revision', () => {
    vmcs.launchState = LaunchState.LAUNCHED;
    vmcs.clearFields();
    assert.ok(VMCS_FIELDS.every((row) => vmcs.read(row.encoding) === 0n));
    assert.equal(vmcs.launchState, LaunchState.CLEAR);
    assert.equal(vmcs.revision, 0x1234);
  });
});

describe('VMX capabilities', () => {
  const capabilities = DEFAULT_PROFILE.vmx;
  const msr = (number: number) => capabilities.msrs.get(number) ?? 0n;

  it('has default1 controls in the old MSRs and real limits in the true ones', () => {
    assert.equal(msr(Msr.VMX_PROCBASED_CTLS) & 0xffffffffn, 0x0401e172n);
    assert.equal(msr(Msr.VMX_TRUE_PROCBASED_CTLS) & 0xffffffffn, 0x04006172n);
    assert.equal(msr(Msr.VMX_EXIT_CTLS) & 0xffffffffn, 0x36dffn);
    assert.equal(msr(Msr.VMX_TRUE_EXIT_CTLS) & 0xffffffffn, 0x36dfbn);
    assert.equal(msr(Msr.VMX_TRUE_ENTRY_CTLS) & 0xffffffffn, 0x11fbn);
  });

  it('does not offer what is not there', () => {
    assert.equal(capabilities.primary.mayBe1 & PrimaryControl.ACTIVATE_TERTIARY_CONTROLS, 0);
    assert.equal(capabilities.secondary.mayBe1 & SecondaryControl.ENABLE_ENCLS_EXITING, 0);
    assert.equal(capabilities.msrs.get(Msr.VMX_VMFUNC), 1n);
    assert.equal(capabilities.tertiary, 0n);
  });

  it('lacks the fields of controls that are not there', () => {
    const exists = (field: number) => {
      const row = fieldByEncoding(field);
      return row !== undefined && fieldExists(capabilities, row);
    };
    assert.equal(exists(Field.EPT_POINTER), true);
    assert.equal(exists(Field.GUEST_IA32_EFER), true);
    assert.equal(exists(Field.ENCLS_EXITING_BITMAP), false);
    assert.equal(exists(Field.TPR_THRESHOLD), true);
    assert.equal(exists(Field.GUEST_IA32_PKRS), false);
    assert.equal(exists(Field.HLAT_POINTER), false);
  });

  it('reports the highest index of its fields', () => {
    // TSC multiplier 2032h has index 19h.
    assert.equal(msr(Msr.VMX_VMCS_ENUM), 0x32n);
  });

  it('describes EPT and VPIDs', () => {
    const eptVpid = msr(Msr.VMX_EPT_VPID_CAP);
    for (const bit of [0, 6, 8, 14, 16, 17, 20, 21, 22, 25, 26, 32, 40, 41, 42, 43]) {
      assert.equal((eptVpid >> BigInt(bit)) & 1n, 1n, `bit ${bit}`);
    }
    assert.equal((eptVpid >> 7n) & 1n, 0n);
    assert.equal((eptVpid >> 23n) & 1n, 0n);
  });
});
