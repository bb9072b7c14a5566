import assert from 'node:assert/strict';
import type { Debuggee } from '../debuggee';
import { ownHypervisor } from '../techniques/vtx/own-hypervisor.testing';
import { placeAt, symbolAt } from './program-place';

/** In the middle of the hypervisor, by its addresses. */
const SHARED = 0x8100n;

/** The sample, whose guest believes to lie where the hypervisor lies, and is entered. */
async function entered(): Promise<Debuggee> {
  const debuggee = await ownHypervisor((text) =>
    text
      .replace(/GUEST_ENTRY +equ 0x1000/, `GUEST_ENTRY equ 0x${SHARED.toString(16)}`)
      .replace(/GUEST_STACK +equ 0x8000/, 'GUEST_STACK equ 0x7000'),
  );
  const { target, machine } = debuggee;
  while (target.side !== 'guest') {
    assert.equal(machine.computer.processor.run(1).kind, 'budget');
  }
  return debuggee;
}

describe('places of one image with the code of two worlds', () => {
  it('an address is another place in each of them', async () => {
    const { target } = await entered();
    const [guest, host] = [target.memory, target.hostMemory];
    assert.equal(symbolAt(target, SHARED, guest), 'guest');
    assert.equal(placeAt(target, SHARED, guest)?.entry.chain[0]?.file, 'guest.asm');
    assert.notEqual(placeAt(target, SHARED, host)?.entry.chain[0]?.file, 'guest.asm');
    assert.doesNotMatch(symbolAt(target, SHARED, host) ?? '', /guest/);
  });

  it('memory of the guest with something else in it is no place of the hypervisor', async () => {
    const { target } = await entered();
    assert.ok(placeAt(target, 0x7c10n, target.hostMemory));
    assert.equal(placeAt(target, 0x7c10n, target.memory), undefined);
  });

  it('a breakpoint stands in the world that its line belongs to', async () => {
    const { target, breakpoints } = await entered();
    const here = placeAt(target, SHARED, target.memory);
    const there = placeAt(target, SHARED, target.hostMemory);
    assert.ok(here && there);
    const places = [here, there].map(({ entry }, id) => ({
      id,
      places: [
        {
          kind: 'address',
          space: 'gva',
          address: SHARED,
          load: entry.load + (SHARED - entry.address),
        },
      ] as const,
    }));
    breakpoints.replace('test', places);
    assert.equal(target.side, 'guest');
    assert.deepEqual(breakpoints.hitAt(SHARED), [0]);
  });
});
