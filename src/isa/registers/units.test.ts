import assert from 'node:assert/strict';
import { setBits } from '../bits';
import { PKRU } from './control';
import { laneOf, laneType, withLane } from './lanes';
import { UNIT_REGISTERS, unitRegister } from './units';

describe('registers of the x87 and vector units', () => {
  it('have names of their own', () => {
    assert.equal(new Set(UNIT_REGISTERS.map(({ name }) => name)).size, UNIT_REGISTERS.length);
    assert.equal(unitRegister('XMM15')?.index, 15);
    assert.equal(unitRegister('st7')?.width, 80);
    assert.equal(unitRegister('st8'), undefined);
    assert.equal(unitRegister('rax'), undefined);
  });

  it('PKRU has two bits for each of 16 keys', () => {
    assert.deepEqual(setBits(PKRU, 0x80000006n), ['WD15', 'AD1', 'WD0']);
  });
});

describe('lanes', () => {
  it('are found by our names and by those of gdb, which tell their number', () => {
    assert.equal(laneType('F32', 128)?.bits, 32);
    assert.equal(laneType('v4_float', 128)?.name, 'f32');
    assert.equal(laneType('v8_float', 256)?.name, 'f32');
    assert.equal(laneType('v8_float', 128), undefined);
    assert.equal(laneType('v2_int64', 128)?.name, 'i64');
    assert.equal(laneType('f80', 128), undefined);
  });

  it('are cut out, and put in without touching their neighbours', () => {
    const u16 = laneType('u16', 64);
    assert.ok(u16);
    assert.equal(laneOf(0x4444333322221111n, u16, 2), 0x3333n);
    assert.equal(withLane(0x4444333322221111n, u16, 2, -1n), 0x4444ffff22221111n);
    assert.equal(withLane(0x4444333322221111n, u16, 0, 0n), 0x4444333322220000n);
  });
});
