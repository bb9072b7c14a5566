import assert from 'node:assert/strict';
import { Cursor } from './cursor';

const cursor = (...bytes: number[]): Cursor =>
  new Cursor({ name: '.debug_line', bytes: Uint8Array.from(bytes) });

const LONG = Array.from({ length: 9 }, () => 0xff);

describe('a cursor over a section', () => {
  it('reads LEB128 (DWARF 5, 7.6)', () => {
    assert.equal(cursor(0x80, 0x01).uleb(), 128);
    assert.equal(cursor(0xb9, 0x64).uleb(), 12857);
    assert.equal(cursor(0x7e).sleb(), -2);
    assert.equal(cursor(0x80, 0x7f).sleb(), -128);
    assert.equal(cursor(...LONG, 0x01).uleb64(), (1n << 64n) - 1n);
    assert.equal(cursor(...LONG, 0x7f).sleb64(), -1n);
  });

  it('says where a number has no end, or is too large to count with', () => {
    assert.throws(() => cursor(...LONG, 0xff, 0x01).uleb64(), /\.debug_line/);
    assert.throws(() => cursor(...LONG, 0x01).uleb(), /\.debug_line/);
    assert.throws(() => cursor(0x80).uleb(), /\.debug_line/);
  });

  it('reads units of both formats, and none that is longer than its section', () => {
    const short = cursor(2, 0, 0, 0, 7, 7);
    assert.deepEqual(short.unitLength(), { is64: false, end: 6 });
    const wide = cursor(0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 0, 7);
    assert.deepEqual(wide.unitLength(), { is64: true, end: 13 });
    assert.throws(() => cursor(3, 0, 0, 0, 7, 7).unitLength(), /\.debug_line/);
    assert.throws(() => cursor(0xf0, 0xff, 0xff, 0xff, 7).unitLength(), /\.debug_line/);
  });

  it('reads texts, and nothing behind its end', () => {
    const texts = cursor(0x61, 0x62, 0, 0x63);
    assert.equal(texts.text(), 'ab');
    assert.throws(() => texts.text(), /\.debug_line/);
    const part = cursor(1, 2, 3).part(2);
    assert.equal(part.u16(), 0x201);
    assert.throws(() => part.u8(), /\.debug_line/);
  });
});
