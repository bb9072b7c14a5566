import assert from 'node:assert/strict';
import { SvmExit, svmExitName } from './exit-codes';
import { svmExit } from './exits';

describe('exits of SVM', () => {
  for (const [code, id, name] of [
    [0x00, 'VMEXIT_CR0_READ', 'CR0 read'],
    [0x13, 'VMEXIT_CR3_WRITE', 'CR3 write'],
    [0x27, 'VMEXIT_DR7_READ', 'DR7 read'],
    [0x37, 'VMEXIT_DR7_WRITE', 'DR7 write'],
    [0x4e, 'VMEXIT_EXCP14', 'Exception #PF'],
    [0x72, 'VMEXIT_CPUID', 'CPUID'],
    [0x75, 'VMEXIT_SWINT', 'INT n'],
    [0x94, 'VMEXIT_CR4_WRITE_TRAP', 'CR4 written'],
    [0x400, 'VMEXIT_NPF', 'Nested page fault'],
    [-1, 'VMEXIT_INVALID', 'Invalid guest state'],
  ] as const) {
    it(`${String(code)} is ${id}`, () => {
      assert.equal(svmExit(code)?.id, id);
      assert.equal(svmExit(code)?.name(), name);
      assert.notEqual(svmExit(code)?.gloss(), '');
    });
  }

  it('are those that have names in the tables of intercepts, each with an id of its own', () => {
    const ids = new Set<string>();
    for (let code = 0; code < 0x500; code++) {
      const row = svmExit(code);
      assert.equal(row !== undefined, svmExitName(BigInt(code)) !== undefined, code.toString(16));
      if (row) assert.ok(!ids.has(row.id), row.id);
      if (row) ids.add(row.id);
    }
    for (const code of Object.values(SvmExit)) assert.ok(svmExit(code), code.toString(16));
  });
});
