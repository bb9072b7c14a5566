import assert from 'node:assert/strict';
import { PhysicalMemory } from '../../processor/physical-memory';
import { ScatteredFrames, SequentialFrames } from '../host/frames';
import { EptBuilder } from '../memory/ept-builder';
import { GuestMemory } from '../memory/guest-memory';
import { FREE_FRAMES, HostKernel } from './host-kernel';
import { GUEST_RAM, HostProcess } from './host-process';

const MIB = 2 ** 20;
const PAGE = 4096;
const POOL = 4 * MIB;

/** A host with room for so many pages. */
function host(pages: number, guests = 1) {
  const memory = new PhysicalMemory(8 * MIB);
  const tables = new SequentialFrames(MIB, 2 * MIB);
  const frames = new ScatteredFrames(POOL, pages + FREE_FRAMES);
  const kernel = new HostKernel(memory, frames, pages * PAGE);
  const processes = Array.from(
    { length: guests },
    () => new HostProcess(memory, tables, kernel, 4 * MIB),
  );
  const withdrawn: number[] = [];
  for (const process of processes) {
    process.holder = { withdraw: (page) => void withdrawn.push(page), holds: () => false };
  }
  const [process = assert.fail()] = processes;
  return { memory, kernel, tables, process, processes, withdrawn };
}

/** As a handler does it that brings in a page. */
function touch(
  { kernel, process }: Pick<ReturnType<typeof host>, 'kernel' | 'process'>,
  page: number,
) {
  while (kernel.isShort) {
    const victim = kernel.isolateOldest() ?? assert.fail('nothing can go');
    kernel.withdraw(victim);
    kernel.unmap(victim, kernel.writeAway(victim));
  }
  return process.obtain(page);
}

describe('the kernel of a host', () => {
  it('takes the page that came first, unless the monitor has asked for it since', () => {
    const made = host(4);
    for (const page of [0, 1, 2, 3]) touch(made, page * PAGE);
    made.process.obtain(0);
    for (const page of [4, 5, 6]) touch(made, page * PAGE);
    assert.deepEqual(made.withdrawn, [1 * PAGE, 2 * PAGE, 3 * PAGE]);
    assert.deepEqual(made.kernel.counts, { firstTouches: 7, swapIns: 0, swapOuts: 3 });
  });

  it('brings back what was in a page, in a frame that holds nothing else', () => {
    const { memory, kernel, process } = host(4);
    for (let page = 0; page < 20; page++) {
      const frame = touch({ kernel, process }, page * PAGE);
      assert.deepEqual(memory.readBytes(frame, PAGE), new Uint8Array(PAGE), 'a new page is empty');
      memory.writeBytes(frame, Uint8Array.of(page + 1, 7));
    }
    for (let page = 0; page < 20; page++) {
      const frame = touch({ kernel, process }, page * PAGE);
      assert.deepEqual([...memory.readBytes(frame, 3)], [page + 1, 7, 0]);
    }
    // Pages in memory have no copy on the device.
    assert.equal(kernel.swap.used, 20 - 4);
  });

  it('leaves pinned pages, and those that the monitor holds, where they are', () => {
    const made = host(4);
    const { kernel, process, withdrawn } = made;
    process.pin(0);
    const held = touch(made, PAGE);
    process.holder = {
      withdraw: (page) => void withdrawn.push(page),
      holds: (frame) => frame === held,
    };
    for (let page = 2; page < 9; page++) touch(made, page * PAGE);
    assert.deepEqual(
      withdrawn,
      [2, 3, 4, 5, 6].map((page) => page * PAGE),
    );
    for (const page of [7, 8]) kernel.pin(process, page * PAGE);
    assert.equal(kernel.isolateOldest(), undefined);
    assert.equal(kernel.residentPages(process), 4);
  });

  it('takes pages of whichever process, and knows whose they are', () => {
    const { kernel, processes } = host(4, 2);
    const [first = assert.fail(), second = assert.fail()] = processes;
    for (const page of [0, 1, 2]) touch({ kernel, process: first }, page * PAGE);
    for (const page of [0, 1, 2]) touch({ kernel, process: second }, page * PAGE);
    assert.deepEqual(
      [first, second].map((process) => kernel.residentPages(process)),
      [1, 3],
    );
    assert.equal(first.stateOf(0).kind, 'swapped');
    assert.equal(second.stateOf(0).kind, 'present');
  });

  it('keeps frames in reserve, and tells when it cannot', () => {
    const { kernel, process } = host(4);
    for (let page = 0; page < 30; page++) process.obtain(page * PAGE);
    assert.equal(kernel.keepReserve(), true);
    assert.ok(kernel.freeFrames >= 32);
    for (let page = 0; page < 38; page++) process.pin(page * PAGE);
    assert.equal(kernel.keepReserve(), false);
  });

  it('is restored with its order, its free frames and its device', () => {
    const made = host(4);
    const { kernel, memory, process } = made;
    for (let page = 0; page < 9; page++) memory.write32(touch(made, page * PAGE), page);
    const state = kernel.save();
    const bytes = memory.save();
    for (let page = 0; page < 9; page++) memory.write32(touch(made, page * PAGE), 99);
    memory.restore(bytes);
    kernel.restore(state);
    assert.deepEqual(kernel.save(), state);
    for (let page = 0; page < 9; page++) {
      assert.equal(memory.read32(touch(made, page * PAGE)), page);
    }
    assert.ok(process.stateOf(0).kind !== 'untouched');
  });
});

describe('a process that is a guest', () => {
  it('has the guest’s RAM at its host-virtual address, by its own tables', () => {
    const { process } = host(4);
    const frame = process.obtain(0x5000);
    const walked = process.trace(0x5123n);
    assert.equal(walked?.linear, GUEST_RAM + 0x5123n);
    assert.deepEqual(walked?.state, { kind: 'present', frame });
    assert.deepEqual(
      walked?.steps.map(({ level, index }) => [level, index]),
      [
        [4, 254],
        [3, 0],
        [2, 0],
        [1, 5],
      ],
    );
    assert.equal(process.trace(BigInt(process.size)), undefined);
  });

  it('shows what lies in a page without bringing it in', () => {
    const made = host(4);
    const { kernel, memory, process } = made;
    memory.writeBytes(touch(made, 0), Uint8Array.of(5));
    for (let page = 1; page < 6; page++) touch(made, page * PAGE);
    const state = kernel.save();
    assert.equal(process.unmapped(0)[0], 5);
    assert.equal(process.unmapped(64 * PAGE)[0], 0);
    assert.deepEqual(kernel.save(), state);
  });
});

describe('guest memory whose pages go', () => {
  it('leads nowhere from there on, by both addresses while A20 is low', () => {
    const { memory, kernel, tables, process } = host(4);
    const ept = new EptBuilder(memory, tables);
    const spare = new SequentialFrames(2 * MIB, 3 * MIB);
    const guest = new GuestMemory(memory, ept, process, 4 * MIB, 6 * MIB, spare);
    process.holder = {
      withdraw: (page) => {
        guest.withdraw(page);
      },
      holds: () => false,
    };
    guest.setAddressLine20(false);
    guest.writeBytes(0x100010n, Uint8Array.of(1, 2, 3));
    guest.allocate(0x100000n);
    assert.equal(guest.hostAddress(0x10n), guest.hostAddress(0x100010n));
    const victim = kernel.isolateOldest() ?? assert.fail();
    assert.equal(victim.page, 0);
    kernel.withdraw(victim);
    kernel.unmap(victim, kernel.writeAway(victim));
    assert.deepEqual(
      [0x10n, 0x100010n].map((at) => guest.hostAddress(at)),
      [undefined, undefined],
    );
    assert.deepEqual([...guest.readBytes(0x100010n, 3)], [1, 2, 3]);
    assert.deepEqual([...guest.readBytes(0x10n, 3)], [1, 2, 3]);
    guest.setAddressLine20(true);
    assert.deepEqual([...guest.readBytes(0x100010n, 3)], [0, 0, 0]);
    guest.writeBytes(0x12n, Uint8Array.of(9));
    assert.deepEqual([...guest.readBytes(0x10n, 3)], [1, 2, 9]);
  });
});
