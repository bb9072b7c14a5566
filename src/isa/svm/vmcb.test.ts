import assert from 'node:assert/strict';
import { svmExitName, VMEXIT_INVALID } from './exit-codes';
import { SAVE_AREA, vmcbField, VMCB_FIELDS, VMCB_SIZE } from './vmcb';

describe('the fields of a VMCB', () => {
  it('lie within it, aligned, and do not overlap', () => {
    const used = new Set<number>();
    for (const { id, offset, width, area } of VMCB_FIELDS) {
      const bytes = width / 8;
      assert.equal(offset % bytes, 0, id);
      assert.ok(offset + bytes <= VMCB_SIZE, id);
      assert.equal(offset >= SAVE_AREA, area === 'save', id);
      for (let at = offset; at < offset + bytes; at++) {
        assert.ok(!used.has(at), `${id} at ${at.toString(16)}h`);
        used.add(at);
      }
    }
  });

  it('have names of their own', () => {
    assert.equal(new Set(VMCB_FIELDS.map(({ id }) => id)).size, VMCB_FIELDS.length);
    assert.equal(vmcbField('n_cr3')?.offset, 0xb0);
    assert.equal(vmcbField('CS_BASE')?.offset, 0x418);
    assert.equal(vmcbField('RIP')?.offset, 0x578);
    assert.equal(vmcbField('GUEST_CR0'), undefined);
  });

  it('have no more bits than they are wide', () => {
    for (const { id, bits, width } of VMCB_FIELDS) {
      const top = Math.max(0, ...(bits?.fields ?? []).map((field) => field.low + field.width));
      assert.ok(top <= width, id);
    }
  });
});

describe('SVM exit codes', () => {
  for (const [code, name] of [
    [0x10n, 'CR0 write'],
    [0x2fn, 'DR15 read'],
    [0x4en, '#PF'],
    [0x60n, 'INTR'],
    [0x72n, 'CPUID'],
    [0x7bn, 'IOIO_PROT'],
    [0x7fn, 'Shutdown'],
    [0x81n, 'VMMCALL'],
    [0x8dn, 'XSETBV'],
    [0xa3n, 'MCOMMIT'],
    [0x400n, 'NPF'],
    [VMEXIT_INVALID, 'INVALID'],
    [0x9999n, undefined],
  ] as const) {
    it(`${code.toString(16)}h: ${String(name)}`, () => {
      assert.equal(svmExitName(code), name);
    });
  }
});
