import assert from 'node:assert/strict';
import { execute, longMode, setRing } from '../modes.testing';

it('STAC sets AC and CLAC clears it, in ring 0: #UD elsewhere (SDM 2A CLAC)', () => {
  const cpu = longMode();
  assert.equal(execute(cpu, 0x0f, 0x01, 0xcb), 'nothing');
  assert.equal(cpu.state.rflags & 0x40000n, 0x40000n);
  assert.equal(execute(cpu, 0x0f, 0x01, 0xca), 'nothing');
  assert.equal(cpu.state.rflags & 0x40000n, 0n);
  setRing(cpu, 3);
  assert.equal(execute(cpu, 0x0f, 0x01, 0xcb), '#UD');
});
