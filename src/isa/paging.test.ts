import assert from 'node:assert/strict';
import { entryTable } from './paging';

describe('what the bits of a paging-structure entry mean', () => {
  const name = (level: number, bytes: number, leaf: boolean, isRegister = false): string => {
    const { name, section } = entryTable({ level, bytes, leaf, isRegister });
    return `${name}, ${section}`;
  };

  it('depends on its level, and on whether it maps a page (SDM 3A 4.5.4)', () => {
    assert.equal(name(5, 8, false), 'Paging-structure entry, SDM 3A 4.5.4');
    assert.equal(name(2, 8, false), 'Paging-structure entry, SDM 3A 4.5.4');
    assert.equal(name(3, 8, true), '1-GByte page entry, SDM 3A 4.5.4');
    assert.equal(name(2, 8, true), '2-MByte page entry, SDM 3A 4.5.4');
    assert.equal(name(1, 8, true), '4-KByte page entry, SDM 3A 4.5.4');
  });

  it('is another in 32-bit paging (SDM 3A 4.3), and in PDPTE registers (SDM 3A 4.4.1)', () => {
    assert.equal(name(2, 4, false), 'Page-directory entry, SDM 3A 4.3');
    assert.equal(name(2, 4, true), '4-MByte page entry, SDM 3A 4.3');
    assert.equal(name(1, 4, true), '4-KByte page entry, SDM 3A 4.3');
    assert.equal(name(3, 8, false, true), 'PDPTE, SDM 3A 4.4.1');
  });
});
