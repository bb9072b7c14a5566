import assert from 'node:assert/strict';
import { Computer } from '../machine/computer';
import { loadFirmware } from './firmware';

const RAM = 0x11_0000;
const TEXT = 0xb8000;
const PATIENCE = 30_000;
/** Nothing to boot has to be told, too. */
const TELLING = 60_000;
/** RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI. */
const AT_BOOT = [0xaa55, 0, 0x80, 0, 0x6f04, 0, 0, 0];

/** A computer that has been switched on and has loaded a program, or has found none. */
async function switchedOn(budget: number, disk?: Uint8Array): Promise<Computer> {
  const disks = disk ? [disk] : [];
  const computer = new Computer({ memory: RAM, platform: { memory: 64 << 20, disks } });
  for (const { address, bytes } of (await loadFirmware()).roms) computer.installRom(address, bytes);
  computer.processor.gateFrame = 0x7000;
  computer.run(budget);
  return computer;
}

function bootableDisk(): Uint8Array {
  const disk = new Uint8Array(64 * 512);
  disk.set([0x55, 0xaa], 510);
  return disk;
}

/** The first characters of a row on the screen. */
function row(computer: Computer, number: number): string {
  const { vga } = computer.platform;
  const characters = Array.from({ length: 80 }, (_, column) =>
    String.fromCharCode(vga.readMemory(TEXT + (number * 80 + column) * 2)),
  );
  return characters.join('').trimEnd();
}

describe('firmware at work', () => {
  it('starts the boot sector as QEMU does, before 30,000 instructions', async () => {
    const { processor, platform } = await switchedOn(PATIENCE, bootableDisk());
    const { state } = processor;
    assert.equal(state.rip, 0x7c00n);
    const registers = AT_BOOT.map((_, n) => Number(state.gpr(n)));
    assert.deepEqual(registers, AT_BOOT);
    assert.equal(state.rflags, 0x202n);
    assert.equal(platform.pic.registers.imr, 0x8eb8);
    assert.deepEqual([...platform.ports.unclaimed.keys()], []);
  });

  it('says why nothing can be booted', async () => {
    const without = await switchedOn(TELLING);
    assert.equal(row(without, 0), 'No bootable disk.');
    assert.equal(row(without, 1), '  Disk 0x80:   there is none.');
    assert.deepEqual([...without.platform.ports.unclaimed.keys()], []);
    const unsigned = await switchedOn(TELLING, new Uint8Array(64 * 512));
    assert.equal(row(unsigned, 1), '  Disk 0x80:   the first sector does not end with 55 AA.');
  });
});
