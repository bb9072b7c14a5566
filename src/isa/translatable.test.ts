import assert from 'node:assert/strict';
import { decodeBits, maskOf } from './bits';
import { EPT_TABLE_ENTRY, Epte, EPTP, Eptp } from './ept';
import { PageFaultError, Pte } from './paging';
import { allBitTables, translatableGlosses } from './translatable';

describe('all bit tables', () => {
  it('have fields that do not overlap and lie within 64 bits', () => {
    const tables = allBitTables();
    assert.ok(tables.length > 60, String(tables.length));
    for (const { name, fields } of tables) {
      let seen = 0n;
      for (const field of fields) {
        assert.equal(seen & maskOf(field), 0n, `${name}.${field.id}`);
        assert.ok(field.low + field.width <= 64, `${name}.${field.id}`);
        seen |= maskOf(field);
      }
      assert.equal(new Set(fields.map(({ id }) => id)).size, fields.length, name);
    }
  });

  it('cite the manual', () => {
    for (const { name, section } of allBitTables()) assert.match(section, /^(SDM|ISE|APM) /, name);
  });

  it('have sentences for people', () => {
    const glosses = translatableGlosses();
    assert.ok(glosses.includes('Present.'));
    assert.ok(glosses.includes('HLT causes VM exits.'));
    assert.deepEqual(
      glosses.filter((gloss) => gloss.trim() === ''),
      [],
    );
  });
});

describe('paging entries', () => {
  it('have masks for walks', () => {
    assert.equal(Pte.ADDRESS, 0x000ffffffffff000n);
    assert.equal(Pte.XD, 1n << 63n);
    assert.equal(Epte.MT, 0x38n);
    assert.equal(Eptp.WALK_LENGTH, 0x38n);
    assert.equal(PageFaultError.WR | PageFaultError.US | PageFaultError.P, 7);
  });

  it('are decoded', () => {
    const eptp = decodeBits(EPTP, 0x12345_05en);
    assert.deepEqual(
      eptp.map(({ field, value, meaning }) => [field.id, value, meaning]),
      [
        ['MT', 6n, 'WB'],
        ['WALK_LENGTH', 3n, '4 levels'],
        ['AD', 1n, undefined],
        ['SSS', 0n, undefined],
        ['ADDRESS', 0x12345n, undefined],
      ],
    );
    const [read, write, fetch] = decodeBits(EPT_TABLE_ENTRY, 0x3007n);
    assert.deepEqual([read?.value, write?.value, fetch?.value], [1n, 1n, 1n]);
  });
});
