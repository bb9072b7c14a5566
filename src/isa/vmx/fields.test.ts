import { Vector } from '../exceptions';
import assert from 'node:assert/strict';
import { maskOf, type BitTable } from '../bits';
import { EFER } from '../registers/control';
import { Msr, MSRS, msrByName } from '../registers/msr';
import { decodeAllowedSettings } from './capabilities';
import {
  ENTRY_CONTROLS,
  EXIT_CONTROLS,
  PinBasedControl,
  PrimaryControl,
  SECONDARY_CONTROLS,
} from './controls';
import { EXIT_REASONS, ExitReason, exitReason } from './exit-reasons';
import { Field, fieldByEncoding, fieldByName, fieldName, VMCS_FIELDS } from './fields';
import { instructionInformationTable } from './instruction-information';
import { decodeQualification, describeQualification, QUALIFICATION_TABLES } from './qualification';

function overlapping(of: BitTable): string[] {
  const seen: bigint[] = [];
  return of.fields
    .filter((field) => {
      const mask = maskOf(field);
      const clash = seen.some((other) => (other & mask) !== 0n);
      seen.push(mask);
      return clash;
    })
    .map((field) => `${of.name}.${field.id}`);
}

describe('VMCS fields', () => {
  it('have encodings and names of their own', () => {
    assert.equal(new Set(VMCS_FIELDS.map((f) => f.encoding)).size, VMCS_FIELDS.length);
    assert.equal(new Set(VMCS_FIELDS.map((f) => f.id)).size, VMCS_FIELDS.length);
    assert.ok(VMCS_FIELDS.every((f) => f.encoding % 2 === 0));
  });

  it('are all those of appendix B, and those that came since', () => {
    const count = (area: string, width: unknown) =>
      VMCS_FIELDS.filter((f) => f.area === area && f.width === width).length;
    assert.deepEqual(
      [16, 64, 32, 'natural'].map((w) => count('control', w)),
      [6, 39, 20, 8],
    );
    assert.deepEqual(
      [16, 64, 32, 'natural'].map((w) => count('exit-information', w)),
      [0, 3, 8, 6],
    );
    assert.deepEqual(
      [16, 64, 32, 'natural'].map((w) => count('guest', w)),
      [11, 23, 23, 23],
    );
    assert.deepEqual(
      [16, 64, 32, 'natural'].map((w) => count('host', w)),
      [7, 13, 1, 15],
    );
  });

  it('take width and area from the encoding', () => {
    const cr3 = fieldByName('guest_cr3');
    assert.equal(cr3?.encoding, 0x6802);
    assert.equal(cr3?.width, 'natural');
    assert.equal(cr3?.area, 'guest');
    const reason = fieldByEncoding(Field.VM_EXIT_REASON);
    assert.equal(reason?.readOnly, true);
    assert.equal(reason?.width, 32);
  });

  it('know the high half of 64-bit fields only', () => {
    assert.equal(fieldName(0x2001), 'IO_BITMAP_A (high)');
    assert.equal(fieldByEncoding(0x6803), undefined);
    assert.equal(fieldName(0x1234), '0x1234');
  });

  it('have bit tables without overlaps', () => {
    const tables = new Set([
      ...VMCS_FIELDS.flatMap((f) => f.bits ?? []),
      ...MSRS.flatMap((m) => m.bits ?? []),
      ...QUALIFICATION_TABLES,
      ...EXIT_REASONS.flatMap((r) => instructionInformationTable(r.number) ?? []),
    ]);
    assert.ok(tables.size > 40);
    assert.deepEqual([...tables].flatMap(overlapping), []);
  });
});

describe('VMX controls', () => {
  it('have the masks of the manual', () => {
    assert.equal(PinBasedControl.ACTIVATE_PREEMPTION_TIMER, 0x40);
    assert.equal(PrimaryControl.HLT_EXITING, 0x80);
    assert.equal(PrimaryControl.ACTIVATE_SECONDARY_CONTROLS, 0x80000000);
  });

  it('have names of their own', () => {
    for (const of of [SECONDARY_CONTROLS, EXIT_CONTROLS, ENTRY_CONTROLS]) {
      assert.equal(new Set(of.fields.map((f) => f.name)).size, of.fields.length, of.name);
    }
  });

  it('are decoded from a capability MSR', () => {
    const settings = decodeAllowedSettings(Msr.VMX_PINBASED_CTLS, 0x0000_0001_0000_0001n);
    assert.deepEqual(settings?.[0], {
      name: 'External-interrupt exiting',
      bit: 0,
      may0: false,
      may1: true,
    });
    assert.equal(settings?.[1]?.may1, false);
    const ones = decodeAllowedSettings(Msr.VMX_PROCBASED_CTLS3, 2n);
    assert.deepEqual(ones?.[1], { name: 'Enable HLAT', bit: 1, may0: true, may1: true });
    assert.equal(decodeAllowedSettings(Msr.EFER, 0n), undefined);
  });
});

describe('exit reasons and qualifications', () => {
  it('have numbers of their own', () => {
    assert.equal(new Set(EXIT_REASONS.map((r) => r.number)).size, EXIT_REASONS.length);
    assert.equal(exitReason(48)?.id, 'EPT_VIOLATION');
    assert.equal(exitReason(35), undefined);
  });

  const described: [number, bigint, string, number?][] = [
    [ExitReason.CR_ACCESS, 0x203n, 'MOV CR3, RDX'],
    [ExitReason.CR_ACCESS, 0xf10n, 'MOV R15, CR0'],
    [ExitReason.CR_ACCESS, 0x20n, 'CLTS'],
    [ExitReason.CR_ACCESS, 0x1_0030n, 'LMSW 0x1'],
    [ExitReason.IO_INSTRUCTION, 0x3f8_0000n, 'OUT port 0x3f8, 1 byte'],
    [ExitReason.IO_INSTRUCTION, 0x1f0_0039n, 'REP INS port 0x1f0, 2 bytes'],
    [ExitReason.MOV_DR, 0x117n, 'MOV RCX, DR7'],
    [ExitReason.EPT_VIOLATION, 0x182n, 'write, not mapped'],
    [ExitReason.EPT_VIOLATION, 0x8bn, 'read + write, EPT allows R, during the guest page walk'],
    [ExitReason.TASK_SWITCH, 0x8000_0028n, 'to TSS 0x28 by JMP instruction'],
    [ExitReason.ENTRY_FAILURE_GUEST_STATE, 4n, 'Cause: the VMCS link pointer'],
    [ExitReason.CPUID, 0n, ''],
    [ExitReason.EXCEPTION_NMI, 0x4001n, 'B0, BS', Vector.DB],
    [ExitReason.EXCEPTION_NMI, 0x4001n, 'Linear address: 0x4001', Vector.PF],
    [ExitReason.EXCEPTION_NMI, 0x4001n, '0x4001', Vector.GP],
    [ExitReason.APIC_ACCESS, 0x80n, 'data read at offset 0x80'],
    [ExitReason.APIC_ACCESS, 0xf010n, 'guest-physical access at offset 0x10'],
    [ExitReason.APIC_WRITE, 0x300n, 'write at offset 0x300'],
    [ExitReason.VIRTUALIZED_EOI, 0x31n, 'vector 0x31'],
    [ExitReason.SPP_EVENT, 0x800n, 'Kind: missing entry'],
    [ExitReason.ENQCMDS_PASID, 0x2an, 'PASID: 0x2a'],
    [ExitReason.RDMSRLIST, 0x48n, 'MSR: 0x48'],
  ];
  for (const [reason, qualification, text, interruption = 0] of described) {
    it(`says "${text}" of ${qualification.toString(16)}h`, () => {
      assert.equal(describeQualification(reason, qualification, interruption), text);
    });
  }

  it('decodes a qualification to its parts', () => {
    const parts = decodeQualification(ExitReason.IO_INSTRUCTION, 0x3f8_0008n, 0);
    const port = parts.find(({ field }) => field.id === 'PORT');
    assert.equal(port?.value, 0x3f8n);
    assert.equal(parts.find(({ field }) => field.id === 'IN')?.meaning, 'IN');
  });
});

describe('MSRs', () => {
  it('have numbers of their own', () => {
    assert.equal(new Set(MSRS.map((m) => m.number)).size, MSRS.length);
  });

  it('are found by name with and without the prefix', () => {
    assert.equal(msrByName('ia32_efer')?.number, 0xc0000080);
    assert.equal(msrByName('EFER')?.bits, EFER);
    assert.equal(msrByName('mtrr_physmask7')?.number, 0x20f);
    assert.equal(Msr.VMX_BASIC, 0x480);
  });
});
