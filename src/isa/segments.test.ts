import assert from 'node:assert/strict';
import { AccessRights, decodeDescriptor, segmentTypeName, SystemType } from './segments';

describe('descriptors', () => {
  it('a flat 32-bit code segment', () => {
    const d = decodeDescriptor(0x00cf_9b00_0000_ffffn, 0n, false);
    assert.ok(d.kind === 'segment');
    assert.equal(d.base, 0n);
    assert.equal(d.limit, 0xffffffff);
    assert.equal(d.accessRights, 0xc09b);
    assert.equal(d.typeName, 'Code, execute/read, accessed');
    assert.equal(d.accessRights & AccessRights.DB, AccessRights.DB);
  });

  it('a base in three pieces and a byte limit', () => {
    const d = decodeDescriptor(0x1240_f234_5678_9abcn, 0n, false);
    assert.ok(d.kind === 'segment');
    assert.equal(d.base, 0x1234_5678n);
    assert.equal(d.limit, 0x9abc);
    assert.equal(d.dpl, 3);
  });

  it('a 64-bit TSS takes 16 bytes', () => {
    const d = decodeDescriptor(0xab00_89cd_ef12_0067n, 0xffff_8000n, true);
    assert.ok(d.kind === 'system segment');
    assert.equal(d.bytes, 16);
    assert.equal(d.base, 0xffff_8000_abcd_ef12n);
    assert.equal(d.typeName, '64-bit TSS, available');
  });

  it('a 64-bit interrupt gate', () => {
    const d = decodeDescriptor(0x1234_8e01_0008_5678n, 0xffff_ffffn, true);
    assert.ok(d.kind === 'gate');
    assert.equal(d.offset, 0xffff_ffff_1234_5678n);
    assert.equal(d.selector, 8);
    assert.equal(d.ist, 1);
    assert.equal(d.type, SystemType.INTERRUPT_GATE);
  });

  it('a 32-bit call gate with parameters', () => {
    const d = decodeDescriptor(0x0010_ec03_001b_0000n, 0n, false);
    assert.ok(d.kind === 'gate');
    assert.equal(d.parameters, 3);
    assert.equal(d.offset, 0x10_0000n);
    assert.equal(d.dpl, 3);
  });

  it('types that do not exist are reserved', () => {
    assert.equal(segmentTypeName(5, false, true), 'Reserved');
    assert.equal(segmentTypeName(5, false, false), 'Task gate');
  });
});
