import assert from 'node:assert/strict';
import fc from 'fast-check';
import { VMEXIT_INVALID } from '../isa/svm/exit-codes';
import { diagnoseText, NoDump, type Diagnosis } from './index';
import { GOOD_VMCB, VMCB_PRINTERS, type VmcbValues } from './vmcb-printers.testing';

/** What is changed, and the rule that must be named first. */
const BROKEN: readonly [expected: string, change: VmcbValues][] = [
  ['save.efer.svme', { EFER: 0xd01 }],
  ['save.cr0.nw-cd', { CR0: 0xa0050033 }],
  ['save.cr0.upper-half', { CR0: 0x1_8005_0033n }],
  ['save.cr3.reserved', { CR3: 0x8000_0000_02e2_3000n }],
  ['save.cr3.reserved', { CR3: 1n << 52n }],
  ['save.cr4.reserved', { CR4: 0x26f0 }],
  ['save.cr4.reserved', { CR4: 0x1_0000_06f0n }],
  ['save.dr6.upper-half', { DR6: 0x1_ffff_0ff0n }],
  ['save.dr7.upper-half', { DR7: 0x1_0000_0400n }],
  ['save.efer.reserved', { EFER: 0x1f01 }],
  ['save.efer.reserved', { EFER: 0x11d01 }],
  ['save.long-mode.pae', { CR4: 0x6d0 }],
  ['save.long-mode.pe', { CR0: 0x80050032 }],
  ['save.cs.l-d', { CS_ATTRIB: 0xe9b }],
  ['save.cr4.cet', { CR4: 0x8006f0, CR0: 0x80040033 }],
  ['control.vmrun-intercept', { INTERCEPT_VECTOR_4: 0x2e7e }],
  ['control.asid', { GUEST_ASID: 0 }],
  ['control.iopm', { IOPM_BASE_PA: 0xf_ffff_ffff_f000n }],
  ['control.msrpm', { MSRPM_BASE_PA: 1n << 52n }],
  ['control.event.type', { EVENTINJ: 0x80000120 }],
  ['control.event.type', { EVENTINJ: 0x80000520 }],
  ['control.event.vector', { EVENTINJ: 0x80000302 }],
  ['control.event.vector', { EVENTINJ: 0x80000320 }],
  ['control.event.mode', { EVENTINJ: 0x80000304 }],
  ['control.nested-cr3', { N_CR3: 1n << 60n }],
  ['control.guest-pat', { G_PAT: 0x0407_0506_0007_0102n }],
  ['control.sev-es', { NESTED_CONTROL: 4 }],
];

function diagnosesOf(text: string): Diagnosis[] {
  try {
    return diagnoseText(text);
  } catch (error) {
    assert.ok(error instanceof NoDump);
    return [];
  }
}

for (const printer of VMCB_PRINTERS) {
  describe(`a VMCB printed by ${printer.name}`, () => {
    it('passes when it is good', () => {
      const [diagnosis, ...others] = diagnoseText(printer.print(GOOD_VMCB));
      assert.equal(others.length, 0);
      assert.deepEqual(diagnosis?.failures, []);
      assert.deepEqual(diagnosis?.dump.damages, []);
      assert.equal(diagnosis?.verdict, 'passes');
      assert.equal(diagnosis?.dump.format, printer.format);
      assert.equal(diagnosis?.outcome.kind, 'entered');
    });

    for (const [expected, change] of BROKEN) {
      const what = Object.entries(change)
        .map(([id, value]) => `${id}=${value.toString(16)}h`)
        .join(' ');
      it(`names ${expected} first: ${what}`, () => {
        const values = { ...GOOD_VMCB, EXITCODE: VMEXIT_INVALID, ...change };
        const [diagnosis] = diagnoseText(printer.print(values));
        assert.equal(diagnosis?.failures[0]?.rule, expected);
        assert.equal(diagnosis?.verdict, 'fails');
        assert.equal(diagnosis?.outcome.kind, 'invalid');
      });
    }

    it('is not called broken when lines are missing', () => {
      fc.assert(
        fc.property(fc.infiniteStream(fc.boolean()), (keep) => {
          const lines = printer.print(GOOD_VMCB).split('\n');
          const kept = lines.filter(() => keep.next().value);
          for (const { failures } of diagnosesOf(kept.join('\n'))) assert.deepEqual(failures, []);
        }),
        { numRuns: 100 },
      );
    });

    it('is not called broken when its end is cut off', () => {
      const text = printer.print(GOOD_VMCB);
      for (let length = 0; length < text.length; length += 3) {
        for (const { failures } of diagnosesOf(text.slice(0, length))) {
          assert.deepEqual(failures, [], text.slice(length - 40, length));
        }
      }
    });

    it('never throws, however it is damaged', () => {
      const wound = fc.tuple(fc.nat(), fc.nat(20), fc.string({ maxLength: 8 }));
      fc.assert(
        fc.property(fc.array(wound, { maxLength: 12 }), (wounds) => {
          let text = printer.print(GOOD_VMCB);
          for (const [at, length, other] of wounds) {
            const start = at % text.length;
            text = text.slice(0, start) + other + text.slice(start + length);
          }
          diagnosesOf(text);
        }),
        { numRuns: 100 },
      );
    });
  });
}

describe('a VMCB of an encrypted guest', () => {
  it('is not judged by registers that are not the guest’s', () => {
    const text = VMCB_PRINTERS[2]?.print({ ...GOOD_VMCB, NESTED_CONTROL: 7, EFER: 0, CR4: 0x2000 });
    const [diagnosis] = diagnoseText(text ?? '');
    assert.deepEqual(diagnosis?.failures, []);
    assert.ok(diagnosis?.notJudged.some(({ reason }) => reason === 'encrypted'));
  });

  it('may have SEV features that its VMCB does not allow', () => {
    const text = VMCB_PRINTERS[2]?.print({
      ...GOOD_VMCB,
      NESTED_CONTROL: 7,
      EXITCODE: VMEXIT_INVALID,
    });
    const features = [
      'kvm_amd: allowed_sev_features:8000000000000001',
      'kvm_amd: sev_features    0000000000000081',
    ];
    const [diagnosis] = diagnoseText(`${text ?? ''}${features.join('\n')}`);
    assert.equal(diagnosis?.failures[0]?.rule, 'control.allowed-sev-features');
  });
});
