import assert from 'node:assert/strict';
import { WideCr0, WideCr4, WideEfer } from '../../isa/registers/control';
import { CpuState, registerWindow } from '../state/cpu-state';
import { AddressSpaces } from './address-spaces';

describe('translations over a transition', () => {
  function spaces() {
    const state = new CpuState(registerWindow(new DataView(new ArrayBuffer(0x1000))));
    const flushed: number[] = [];
    const subject = new AddressSpaces(state, (world) => flushed.push(world));
    return { state, flushed, subject };
  }

  it('stay in the guest under the same tag and root only', () => {
    const { flushed, subject } = spaces();
    subject.enterGuest({ tag: 1, root: 0x5000n });
    flushed.length = 0;
    subject.enterGuest({ tag: 1, root: 0x5000n });
    assert.deepEqual(flushed, []);
    subject.enterGuest({ tag: 2, root: 0x5000n });
    subject.enterGuest({ tag: 2, root: 0x6000n });
    assert.deepEqual(flushed, [1, 1]);
  });

  for (const [register, bit] of [
    ['cr0', WideCr0.WP],
    ['cr4', WideCr4.SMEP],
    ['cr4', WideCr4.SMAP],
    ['cr4', WideCr4.PKE],
    ['efer', WideEfer.NXE],
  ] as const) {
    it(`go from the guest when its host has changed a rule of access (${register}, bit ${Math.log2(Number(bit))})`, () => {
      const { state, flushed, subject } = spaces();
      const guest = { tag: 1, root: 0x5000n };
      subject.enterGuest(guest);
      flushed.length = 0;
      state[register] |= bit; // by the guest: the processor has seen to it
      subject.leaveGuest();
      subject.enterGuest(guest);
      assert.deepEqual(flushed, []);
      subject.leaveGuest();
      state[register] &= ~bit;
      subject.enterGuest(guest);
      assert.deepEqual(flushed, [1]);
    });
  }

  it('without a tag never stay', () => {
    const { flushed, subject } = spaces();
    subject.leaveRoot();
    subject.enterGuest({ tag: 0, root: 0n });
    subject.enterGuest({ tag: 0, root: 0n });
    subject.enterRoot(false);
    assert.deepEqual(flushed, [0, 1, 0, 1, 0, 1]);
  });

  it('stay in root operation when its paging is what it was', () => {
    const { state, flushed, subject } = spaces();
    subject.leaveRoot();
    state.cr2 = 0x1234n;
    state.setGpr(0, 1n);
    subject.enterRoot(true);
    assert.deepEqual(flushed, []);
  });

  for (const register of ['cr0', 'cr3', 'cr4', 'efer'] as const) {
    it(`go when root operation comes back with another ${register.toUpperCase()}`, () => {
      const { state, flushed, subject } = spaces();
      subject.leaveRoot();
      state[register] ^= 0x1000n;
      subject.enterRoot(true);
      assert.deepEqual(flushed, [0]);
    });
  }

  it('go when root operation comes back with other PDPTEs', () => {
    const { state, flushed, subject } = spaces();
    state.cr0 = WideCr0.PE | WideCr0.PG;
    state.cr4 = WideCr4.PAE;
    subject.leaveRoot();
    state.pdptes[3] = 1n << 40n;
    subject.enterRoot(true);
    assert.deepEqual(flushed, [0]);
  });

  it('do not depend on PDPTEs without PAE paging', () => {
    const { state, flushed, subject } = spaces();
    subject.leaveRoot();
    state.pdptes[3] = 1n << 40n;
    subject.enterRoot(true);
    assert.deepEqual(flushed, []);
  });
});
